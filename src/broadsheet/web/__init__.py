"""The pages: a calm newspaper, rendered on the server and complete without JavaScript."""
