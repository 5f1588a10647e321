"""A local model server: ``/v1/embeddings`` as the API of OpenAI is documented, with the vectors of an encoder."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from broadsheet.core.protocols import Vectors

Refusal = tuple[int, dict[str, Any]]


class ModelServer:
    """``with ModelServer(encode) as server: server.url``. It takes at most ``most_texts`` at once, none with more than
    ``most_words``, and counts words as tokens; ``asked`` has the texts of each request that it answered."""

    def __init__(
        self, encode: Callable[[Sequence[str]], Vectors], *, model: str = "tiny", most_texts: int = 2048,
        most_words: int = 1_000_000,
    ) -> None:  # fmt: skip
        self.encode, self.model, self.most_texts, self.most_words = encode, model, most_texts, most_words
        self.asked: list[list[str]] = []
        self.refused = 0
        self.counts = True
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                status, answer = outer.answer(self.path, question)
                body = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    @property
    def name(self) -> str:
        """The name of the encoder that asks here."""
        return f"openai:{self.url}?model={self.model}"

    def answer(self, path: str, question: dict[str, Any]) -> Refusal:
        texts = question["input"]
        if refusal := self._refusal(path, question, texts):
            self.refused += 1
            return refusal
        self.asked.append(texts)
        rows = self.encode(texts)[:, : question.get("dimensions")].tolist()
        data = [{"object": "embedding", "index": place, "embedding": row} for place, row in enumerate(rows)]
        words = sum(len(text.split()) for text in texts)
        usage = {"usage": {"prompt_tokens": words, "total_tokens": words}} if self.counts else {}
        return 200, {"object": "list", "data": data, "model": self.model, **usage}

    def _refusal(self, path: str, question: dict[str, Any], texts: list[str]) -> Refusal | None:
        if path != "/v1/embeddings" or question["model"] != self.model:
            return 404, {"error": {"message": f"There is no model {question['model']}", "code": "model_not_found"}}
        if len(texts) > self.most_texts:
            return 422, {"message": f"batch size {len(texts)} > maximum allowed batch size {self.most_texts}"}
        if any(not text.strip() for text in texts):
            return 400, {"error": {"message": "input cannot be an empty string", "type": "invalid_request_error"}}
        if (most := max(len(text.split()) for text in texts)) > self.most_words:
            message = f"The model reads at most {self.most_words} tokens; the input has {most}, reduce its length"
            return 400, {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": None}}
        return None

    def __enter__(self) -> ModelServer:
        self._thread.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
