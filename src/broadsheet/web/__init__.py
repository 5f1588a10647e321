"""The page: a calm newspaper, rendered on the server, whole without JavaScript."""
