"""Stands in for storage3 where it cannot be installed: its names, over the requests that it sends (recorded from 0.12 and 2.x)."""
import json
import urllib.request
import uuid


def create_client(url, headers, *, is_async):
    assert not is_async and url.endswith("/")
    return Client(url, {"X-Client-Info": "supabase-py/storage3 v2.31.0", "User-Agent": "supabase-py/storage3 v2.31.0", **headers})


class Client:
    def __init__(self, url, headers):
        self.url, self.headers = url, headers

    def send(self, method, path, body=None, headers={}):
        asked = urllib.request.Request(self.url + path, body, {**self.headers, **headers}, method=method)
        with urllib.request.urlopen(asked) as answer:
            return answer.read()

    def send_json(self, method, path, body):
        return json.loads(self.send(method, path, json.dumps(body, separators=(",", ":")).encode(), {"Content-Type": "application/json"}))

    def create_bucket(self, id, name=None, options=None):
        return self.send_json("POST", "bucket", {"id": id, "name": name or id, **(options or {})})

    def from_(self, bucket):
        return Files(self, bucket)


class Files:
    def __init__(self, client, bucket):
        self.client, self.bucket = client, bucket

    def upload(self, path, file, file_options=None):
        options = dict(file_options or {})
        upsert = options.pop("upsert", "false")
        kind = options.pop("content-type", "text/plain;charset=UTF-8")
        boundary, name = uuid.uuid4().hex, path.split("/")[-1]
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: {kind}\r\n\r\n'
        body = head.encode() + file + f"\r\n--{boundary}--\r\n".encode()
        return json.loads(self.client.send(
            "POST", f"object/{self.bucket}/{path}", body,
            {"Content-Type": f"multipart/form-data; boundary={boundary}", "cache-control": "3600", "x-upsert": upsert}))

    def download(self, path):
        return self.client.send("GET", f"object/{self.bucket}/{path}")

    def list(self, path=None, options=None):
        return self.client.send_json("POST", f"object/list/{self.bucket}", {
            "limit": 100, "offset": 0, "sortBy": {"column": "name", "order": "asc"}, **(options or {}), "prefix": path or ""})

    def create_signed_url(self, path, expires_in, options=None):
        signed = self.client.send_json("POST", f"object/sign/{self.bucket}/{path}", {"expiresIn": str(expires_in), **(options or {})})
        link = self.client.url + signed["signedURL"].lstrip("/")
        return {"signedURL": link, "signedUrl": link}

    def remove(self, paths):
        return self.client.send_json("DELETE", f"object/{self.bucket}", {"prefixes": paths})
