using Coffer.IntegrationTests.Server;
using Coffer.IntegrationTests.Storage;

namespace Coffer.IntegrationTests.Access;

/// <summary>
/// Every endpoint against every kind of caller. A route of the OpenAPI document without a row fails the test; that the document
/// lists every route of the server is tested beside it.
/// </summary>
public sealed class AccessMatrixTests(SharedServer server)
{
    private const string UploadForm =
        "--b\r\nContent-Disposition: form-data; name=\"path\"\r\n\r\nfile\r\n"
        + "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\nchanged\r\n--b--\r\n";

    /// <summary>What each caller is answered, for a private object or a key of the service caller's account.</summary>
    private static readonly Row[] Rows =
    [
        //                                                              nobody anon auth. other service operator revoked
        new("POST", "/v1/objects", """{"name":"a","content_type":"text"}""", 401, 403, 403, 200, 200, 403, 401),
        new("GET", "/v1/objects", null,                                      401, 200, 200, 200, 200, 403, 401), // the operator has none
        new("GET", "/v1/objects/list_public", null,                          401, 200, 200, 200, 200, 200, 401),
        new("GET", "/v1/objects/public", null,                               401, 200, 200, 200, 200, 200, 401),
        new("GET", "/v1/objects/{id}", null,                                 401, 404, 404, 404, 200, 404, 401),
        new("PATCH", "/v1/objects/{id}", """{"name":"changed"}""",           401, 404, 404, 404, 200, 404, 401),
        new("DELETE", "/v1/objects/{id}", null,                              401, 404, 404, 404, 200, 404, 401),
        new("POST", "/v1/objects/{id}/delete", "{}",                         401, 404, 404, 404, 200, 404, 401),
        new("POST", "/v1/objects/{id}/complete", "{}",                       401, 404, 404, 404, 200, 404, 401),
        new("GET", "/v1/objects/{id}/download", null,                        401, 404, 404, 404, 200, 404, 401),
        new("POST", "/v1/objects/{id}/download", "{}",                       401, 404, 404, 404, 200, 404, 401),
        new("GET", "/v1/objects/{id}/entries", null,                         401, 404, 404, 404, 200, 404, 401),
        new("GET", "/v1/objects/{id}/entries/{path}", null,                  401, 404, 404, 404, 200, 404, 401),
        new("HEAD", "/v1/objects/{id}/entries/{path}", null,                 401, 404, 404, 404, 200, 404, 401),
        new("PUT", "/v1/objects/{id}/content", "bytes",                      403, 403, 403, 403, 403, 403, 403), // the link is the right
        new("GET", "/v1/objects/{id}/content", null,                         404, 404, 404, 404, 404, 404, 404),
        new("HEAD", "/v1/objects/{id}/content", null,                        404, 404, 404, 404, 404, 404, 404),
        // A devbox of the service caller; only service keys have devboxes.
        new("POST", "/v1/devboxes", "{}",                                    401, 403, 403, 200, 200, 403, 401),
        new("POST", "/v1/devboxes/create_and_await_running", "{}",           401, 403, 403, 200, 200, 403, 401),
        new("GET", "/v1/devboxes", null,                                     401, 403, 403, 200, 200, 403, 401),
        new("GET", "/v1/devboxes/{id}", null,                                401, 403, 403, 404, 200, 403, 401),
        new("POST", "/v1/devboxes/{id}/wait_for_status", """{"statuses":["running"]}""", 401, 403, 403, 404, 200, 403, 401),
        new("POST", "/v1/devboxes/{id}/read_file_contents", """{"file_path":"file"}""", 401, 403, 403, 404, 200, 403, 401),
        new("POST", "/v1/devboxes/{id}/write_file_contents", """{"file_path":"file","contents":"changed"}""", 401, 403, 403, 404, 200, 403, 401),
        new("POST", "/v1/devboxes/{id}/download_file", """{"path":"file"}""", 401, 403, 403, 404, 200, 403, 401),
        new("POST", "/v1/devboxes/{id}/upload_file", UploadForm,             401, 403, 403, 404, 200, 403, 401),
        // Commands are off here; that they are is told to whom the devbox belongs.
        new("POST", "/v1/devboxes/{id}/execute", """{"command":"true"}""",   401, 403, 403, 404, 501, 403, 401),
        new("POST", "/v1/devboxes/{id}/execute_async", """{"command":"true"}""", 401, 403, 403, 404, 501, 403, 401),
        new("POST", "/v1/devboxes/{id}/execute_sync", """{"command":"true"}""", 401, 403, 403, 404, 501, 403, 401),
        new("GET", "/v1/devboxes/{id}/executions/{execution}", null,         401, 403, 403, 404, 501, 403, 401),
        new("POST", "/v1/devboxes/{id}/executions/{execution}/wait_for_status", "{}", 401, 403, 403, 404, 501, 403, 401),
        new("POST", "/v1/devboxes/{id}/executions/{execution}/kill", "{}",   401, 403, 403, 404, 501, 403, 401),
        new("GET", "/v1/devboxes/{id}/executions/{execution}/stream_stdout_updates", null, 401, 403, 403, 404, 501, 403, 401),
        new("GET", "/v1/devboxes/{id}/executions/{execution}/stream_stderr_updates", null, 401, 403, 403, 404, 501, 403, 401),
        new("POST", "/v1/devboxes/{id}/shutdown", null,                      401, 403, 403, 404, 200, 403, 401),
        new("POST", "/admin/v1/accounts", """{"name":"{new}"}""",            401, 403, 403, 403, 403, 200, 401),
        new("GET", "/admin/v1/accounts", null,                               401, 403, 403, 403, 403, 200, 401),
        new("POST", "/admin/v1/keys", """{"account":"{account}","right":"anon"}""", 401, 403, 403, 403, 200, 200, 401),
        new("GET", "/admin/v1/keys?account={account}", null,                 401, 403, 403, 403, 200, 200, 401),
        new("DELETE", "/admin/v1/keys/{id}", null,                           401, 403, 403, 404, 200, 200, 401),
        new("GET", "/admin/v1/policies?account={account}", null,             401, 403, 403, 403, 200, 200, 401),
        new("PUT", "/admin/v1/policies?account={account}", """{"policies":[]}""", 401, 403, 403, 403, 200, 200, 401),
        new("DELETE", "/admin/v1/policies?all=true&account={account}", null, 401, 403, 403, 403, 200, 200, 401),
        new("POST", "/admin/v1/policies/test?account={account}", """{"verbs":["select"],"bucket":"b","key":"k"}""", 401, 403, 403, 403, 200, 200, 401),
        new("GET", "/admin/v1/decisions/{decision}", null,                   401, 403, 403, 404, 200, 200, 401),
        new("POST", "/admin/v1/reap", "{}",                                  401, 403, 403, 403, 403, 200, 401),
        new("GET", "/metrics", null,                                         401, 403, 403, 403, 403, 200, 401),
        new("GET", "/healthz", null,                                         200, 200, 200, 200, 200, 200, 200),
        new("HEAD", "/healthz", null,                                        200, 200, 200, 200, 200, 200, 200),
        new("GET", "/readyz", null,                                          200, 200, 200, 200, 200, 200, 200),
        new("HEAD", "/readyz", null,                                         200, 200, 200, 200, 200, 200, 200),
        new("GET", "/openapi/v1.json", null,                                 200, 200, 200, 200, 200, 200, 200),

        // The Storage API, for an object of a private bucket without policies. Most refusals are 400 there, whatever they stand for.
        new("GET", "/bucket", null, 400, 200, 200, 200, 200, 400, 400),
        new("POST", "/bucket", """{"name":"{new}"}""", 400, 400, 400, 200, 200, 400, 400),
        new("GET", "/bucket/{bucket}", null, 400, 400, 400, 400, 200, 400, 400),
        new("PUT", "/bucket/{bucket}", """{"public":true}""", 400, 400, 400, 400, 200, 400, 400),
        new("DELETE", "/bucket/{bucket}", null, 400, 400, 400, 400, 200, 400, 400),
        new("POST", "/bucket/{bucket}/empty", """{}""", 400, 403, 403, 400, 200, 400, 400),
        new("POST", "/object/list/{bucket}", """{"prefix":""}""", 400, 200, 200, 200, 200, 400, 400),
        new("POST", "/object/list-v2/{bucket}", """{}""", 400, 200, 200, 200, 200, 400, 400),
        new("POST", "/object/move", """{"bucketId":"{bucket}","sourceKey":"key","destinationKey":"other"}""", 400, 400, 400, 400, 200, 400, 400),
        new("POST", "/object/copy", """{"bucketId":"{bucket}","sourceKey":"key","destinationKey":"other"}""", 400, 400, 400, 400, 200, 400, 400),
        new("POST", "/object/sign/{bucket}", """{"expiresIn":60,"paths":["key"]}""", 400, 200, 200, 200, 200, 400, 400),
        new("POST", "/object/sign/{bucket}/{key}", """{"expiresIn":60}""", 400, 400, 400, 400, 200, 400, 400),
        new("GET", "/object/sign/{bucket}/{key}", null, 400, 400, 400, 400, 400, 400, 400),
        new("HEAD", "/object/sign/{bucket}/{key}", null, 400, 400, 400, 400, 400, 400, 400),
        new("POST", "/object/upload/sign/{bucket}/{key}", null, 400, 400, 400, 400, 200, 400, 400),
        new("PUT", "/object/upload/sign/{bucket}/{key}", """bytes""", 400, 400, 400, 400, 400, 400, 400),
        new("GET", "/object/info/public/{bucket}/{key}", null, 400, 400, 400, 400, 400, 400, 400),
        new("HEAD", "/object/info/public/{bucket}/{key}", null, 400, 400, 400, 400, 400, 400, 400),
        new("GET", "/object/info/authenticated/{bucket}/{key}", null, 400, 400, 400, 400, 200, 400, 400),
        new("HEAD", "/object/info/authenticated/{bucket}/{key}", null, 400, 400, 400, 400, 200, 400, 400),
        new("GET", "/object/info/{bucket}/{key}", null, 400, 400, 400, 400, 200, 400, 400),
        new("HEAD", "/object/info/{bucket}/{key}", null, 400, 400, 400, 400, 200, 400, 400),
        new("GET", "/object/public/{bucket}/{key}", null, 400, 400, 400, 400, 400, 400, 400),
        new("HEAD", "/object/public/{bucket}/{key}", null, 400, 400, 400, 400, 400, 400, 400),
        new("GET", "/object/authenticated/{bucket}/{key}", null, 400, 400, 400, 400, 200, 400, 400),
        new("HEAD", "/object/authenticated/{bucket}/{key}", null, 400, 400, 400, 400, 200, 400, 400),
        new("GET", "/object/{bucket}/{key}", null, 400, 400, 400, 400, 200, 400, 400),
        new("HEAD", "/object/{bucket}/{key}", null, 400, 400, 400, 400, 200, 400, 400),
        new("POST", "/object/{bucket}/{key}", """bytes""", 400, 400, 400, 400, 200, 400, 400),
        new("PUT", "/object/{bucket}/{key}", """bytes""", 400, 400, 400, 400, 200, 400, 400),
        new("DELETE", "/object/{bucket}/{key}", null, 400, 400, 400, 400, 200, 400, 400),
        new("DELETE", "/object/{bucket}", """{"prefixes":["key"]}""", 400, 200, 200, 200, 200, 400, 400),
        new("GET", "/render/image/public/{bucket}/{key}", null, 403, 403, 403, 403, 403, 403, 403),
        new("HEAD", "/render/image/public/{bucket}/{key}", null, 403, 403, 403, 403, 403, 403, 403),
        new("GET", "/render/image/authenticated/{bucket}/{key}", null, 403, 403, 403, 403, 403, 403, 403),
        new("HEAD", "/render/image/authenticated/{bucket}/{key}", null, 403, 403, 403, 403, 403, 403, 403),
        new("GET", "/render/image/sign/{bucket}/{key}", null, 403, 403, 403, 403, 403, 403, 403),
        new("HEAD", "/render/image/sign/{bucket}/{key}", null, 403, 403, 403, 403, 403, 403, 403),
        new("DELETE", "/cdn", null, 400, 403, 403, 200, 200, 400, 400),
        new("DELETE", "/cdn/{bucket}", null, 400, 403, 403, 200, 200, 400, 400),
        new("DELETE", "/cdn/{bucket}/{key}", null, 400, 403, 403, 200, 200, 400, 400),
        new("GET", "/status", null, 200, 200, 200, 200, 200, 200, 200),
        new("HEAD", "/status", null, 200, 200, 200, 200, 200, 200, 200),
        new("GET", "/version", null, 200, 200, 200, 200, 200, 200, 200),
        new("HEAD", "/version", null, 200, 200, 200, 200, 200, 200, 200),
        new("GET", "/health", null, 400, 200, 200, 200, 200, 400, 400),
        new("HEAD", "/health", null, 400, 200, 200, 200, 200, 400, 400),
        // Resumable uploads: an upload of the service caller. Of the signed ones the link is the right.
        new("POST", "/upload/resumable", null, 400, 403, 403, 404, 201, 400, 400),
        new("OPTIONS", "/upload/resumable", null, 204, 204, 204, 204, 204, 204, 204),
        new("POST", "/upload/resumable/{id}", "", 400, 404, 404, 404, 204, 400, 400),
        new("PATCH", "/upload/resumable/{id}", "bytes", 400, 404, 404, 404, 204, 400, 400),
        new("HEAD", "/upload/resumable/{id}", null, 400, 404, 404, 404, 200, 400, 400),
        new("DELETE", "/upload/resumable/{id}", null, 400, 404, 404, 404, 204, 400, 400),
        new("OPTIONS", "/upload/resumable/{id}", null, 204, 204, 204, 204, 204, 204, 204),
        new("POST", "/upload/resumable/sign", null, 400, 400, 400, 400, 400, 400, 400),
        new("OPTIONS", "/upload/resumable/sign", null, 204, 204, 204, 204, 204, 204, 204),
        new("POST", "/upload/resumable/sign/{id}", "", 400, 400, 400, 400, 400, 400, 400),
        new("PATCH", "/upload/resumable/sign/{id}", "bytes", 400, 400, 400, 400, 400, 400, 400),
        new("HEAD", "/upload/resumable/sign/{id}", null, 400, 400, 400, 400, 400, 400, 400),
        new("DELETE", "/upload/resumable/sign/{id}", null, 400, 400, 400, 400, 400, 400, 400),
        new("OPTIONS", "/upload/resumable/sign/{id}", null, 204, 204, 204, 204, 204, 204, 204),
    ];

    public static TheoryData<string, string> Routes =>
        new(Rows.Select(row => (row.Method, row.Path)));

    [Fact]
    public void Every_route_has_a_row()
    {
        IEnumerable<string> documented = OpenApi.Document.Operations.Select(operation => $"{operation.Method} {operation.Path}");
        IEnumerable<string> listed = Rows.Select(row => $"{row.Method} {row.Path.Split('?')[0].Replace("{decision}", "{id}", StringComparison.Ordinal)}");

        Assert.Equal(documented.Order(), listed.Order());
    }

    [Theory, MemberData(nameof(Routes))]
    public async Task Each_caller_gets_what_its_right_allows(string method, string path)
    {
        Row row = Rows.Single(row => row.Method == method && row.Path == path);
        string account = await server.Accounts.NewNameAsync();
        Api service = await server.Accounts.KeyAsync(account);
        (string revokedId, string revokedToken) = await server.Accounts.MakeKeyAsync(account);
        (await server.Process.Operator.DeleteAsync($"/admin/v1/keys/{revokedId}")).Expect(200);

        await CheckAsync("nobody", service.WithKey(null), row.Nobody);
        await CheckAsync("anon", await server.Accounts.KeyAsync(account, "anon"), row.Anon);
        await CheckAsync("authenticated", await server.Accounts.KeyAsync(account, "authenticated"), row.Authenticated);
        await CheckAsync("service of another account", await server.Accounts.NewAsync(), row.Other);
        await CheckAsync("service", service, row.Service);
        await CheckAsync("operator", server.Process.Operator, row.Operator);
        await CheckAsync("revoked", service.WithKey(revokedToken), row.Revoked);

        async Task CheckAsync(string caller, Api api, int expected)
        {
            string id = await ThingAsync();
            string before = await ShownAsync(id);
            string target = Filled(path, id);
            if (target.Contains("{decision}", StringComparison.Ordinal))
            {
                Answer refusal = await (await server.Accounts.KeyAsync(account, "anon")).PostAsync("/v1/objects", new { name = "a", content_type = "text" });
                target = target.Replace("{decision}", refusal.Expect(403).Header("x-coffer-decision")!, StringComparison.Ordinal);
            }

            string? body = row.Body is null ? null : Filled(row.Body, id);

            Answer answer = await api.SendAsync(
                method, target, body is null ? null : new StringContent(body),
                row.IsOfTus ? TusHeaders(id, body) : row.Body == UploadForm ? [("Content-Type", "multipart/form-data; boundary=b")] : null);

            Assert.True((int)answer.Status == expected, $"{caller}: expected {expected}, got {(int)answer.Status} {answer.Text}");
            if (expected >= 400)
            {
                Assert.Equal(before, await ShownAsync(id)); // a refusal changes nothing
            }
        }

        async Task<string> ThingAsync() => row switch
        {
            { IsOfTus: true } when path.EndsWith("{id}", StringComparison.Ordinal) =>
                (await service.NewUploadAsync(await service.NewBucketAsync(), "key", 100))[(TusCalls.Path.Length + 1)..],
            { IsOfStorage: true, Path: "/bucket/{bucket}", Method: "DELETE" } => await service.NewBucketAsync(),
            { IsOfStorage: true } => await service.NewBucketWithAsync("key"),
            { IsOfDevboxes: true } => (await service.PostAsync("/v1/devboxes", """{"file_mounts":{"/home/user/file":"text"}}""")).Expect(200).Json.Text("id")!,
            _ when path.StartsWith("/admin", StringComparison.Ordinal) => (await server.Accounts.MakeKeyAsync(account, "anon")).Id,
            _ when path.Contains("/entries", StringComparison.Ordinal) => await service.StoreArchiveAsync(("file", "private")),
            _ => await service.StoreAsync("private"),
        };

        async Task<string> ShownAsync(string id) => row switch
        {
            { IsOfTus: true } when path.EndsWith("{id}", StringComparison.Ordinal) =>
                (await service.LookAsync($"{TusCalls.Path}/{id}")).Header("Upload-Offset")!,
            { IsOfStorage: true } => (await service.GetAsync($"/bucket/{id}")).Text + (await service.PostAsync($"/object/list-v2/{id}", "{}")).Text,
            { IsOfDevboxes: true } => (await service.GetAsync($"/v1/devboxes/{id}")).Expect(200).Text
                + (await service.PostAsync($"/v1/devboxes/{id}/read_file_contents", """{"file_path":"file"}""")).Text,
            _ when path.StartsWith("/admin", StringComparison.Ordinal) =>
                (await service.GetAsync("/admin/v1/keys")).Expect(200).Json.Items("keys").Single(key => key.Text("id") == id).GetRawText(),
            _ => (await service.RetrieveAsync(id)).Expect(200).Text,
        };

        (string, string)[] TusHeaders(string id, string? body) =>
        [
            ("Tus-Resumable", "1.0.0"),
            .. body is not null ? [("Content-Type", TusCalls.PieceType), ("Upload-Offset", "0")] : Array.Empty<(string, string)>(),
            .. path.EndsWith("{id}", StringComparison.Ordinal)
                ? new[] { ("X-HTTP-Method-Override", "PATCH") }
                : [("Upload-Length", "5"), ("Upload-Metadata", TusCalls.Metadata(("bucketName", id), ("objectName", "fresh")))],
        ];

        // A key that is new where it would be written for the first time.
        string Filled(string text, string id) => text
            .Replace("{id}", id, StringComparison.Ordinal)
            .Replace("{path}", "file", StringComparison.Ordinal)
            .Replace("{bucket}", id, StringComparison.Ordinal)
            .Replace("{key}", method == "POST" && path is "/object/{bucket}/{key}" or "/object/upload/sign/{bucket}/{key}" ? "fresh" : "key", StringComparison.Ordinal)
            .Replace("{account}", account, StringComparison.Ordinal)
            .Replace("{new}", $"new-{Guid.NewGuid():N}"[..30], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_without_the_service_right_see_what_is_public_and_nothing_more()
    {
        string account = await server.Accounts.NewNameAsync();
        Api service = await server.Accounts.KeyAsync(account);
        string name = $"public-{Guid.NewGuid():N}";
        string open = await service.StoreAsync("open", name, isPublic: true);
        await service.StoreAsync("closed", name);

        foreach (string right in new[] { "anon", "authenticated" })
        {
            Api weak = await server.Accounts.KeyAsync(account, right);
            Assert.Empty((await weak.GetAsync("/v1/objects")).Expect(200).Json.Ids());
            Assert.Equal([open], (await weak.GetAsync($"/v1/objects/list_public?name={name}")).Expect(200).Json.Ids());
            (await weak.RetrieveAsync(open)).Expect(200);
            Assert.Equal("open", (await weak.DownloadAsync(open)).Text);
            (await weak.RemoveAsync(open)).ExpectError(403, "access_denied");
        }
    }

    private sealed record Row(
        string Method, string Path, string? Body, int Nobody, int Anon, int Authenticated, int Other, int Service, int Operator, int Revoked)
    {
        public bool IsOfTus => Path.StartsWith("/upload", StringComparison.Ordinal);

        public bool IsOfDevboxes => Path.StartsWith("/v1/devboxes", StringComparison.Ordinal);

        public bool IsOfStorage => !Path.Contains("/v1", StringComparison.Ordinal) && Path is not ("/metrics" or "/healthz" or "/readyz");
    }
}
