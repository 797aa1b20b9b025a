using Microsoft.AspNetCore.Http;

namespace Coffer.ClientTests.Serving;

/// <summary>Answers for the script.</summary>
internal static class Answers
{
    public const string View =
        """{"id":"obj_1","name":"n","content_type":"text","state":"READ_ONLY","create_time_ms":1732000000000,"size_bytes":5}""";

    public static RequestDelegate Json(string json, int status = 200, params (string Name, string Value)[] headers) => async http =>
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        foreach ((string name, string value) in headers)
        {
            http.Response.Headers[name] = value;
        }

        await http.Response.WriteAsync(json);
    };

    public static RequestDelegate Status(int status, params (string Name, string Value)[] headers) =>
        Json($$"""{"message":"status {{status}}","code":"word"}""", status, headers);

    public static RequestDelegate Cut { get; } = http =>
    {
        http.Abort();
        return Task.CompletedTask;
    };

    public static RequestDelegate Hang { get; } = http => Task.Delay(Timeout.Infinite, http.RequestAborted);

    /// <summary>A store that takes any upload and gives <paramref name="content"/> for any download.</summary>
    /// <param name="put">Answers the PUT; 200 when null.</param>
    /// <param name="get">Answers the GET; the content when null.</param>
    public static RequestDelegate Store(byte[]? content = null, RequestDelegate? put = null, RequestDelegate? get = null) => http =>
    {
        string root = $"{http.Request.Scheme}://{http.Request.Host}";
        string path = http.Request.Path;
        return (http.Request.Method, path) switch
        {
            ("PUT", _) => put?.Invoke(http) ?? Task.CompletedTask,
            ("GET", "/bytes/obj_1") => get is null ? Bytes(content ?? [])(http) : get(http),
            ("POST", "/v1/objects") => Json(View.Replace("READ_ONLY", "UPLOADING", StringComparison.Ordinal)
                .Replace("}", $$""","upload_url":"{{root}}/bytes/obj_1?sig=a%2Fb%7e&x=%41"}""", StringComparison.Ordinal))(http),
            ("GET", "/v1/objects") => Json($$"""{"objects":[{{View}}],"has_more":false,"total_count":1}""")(http),
            _ when path.EndsWith("/download", StringComparison.Ordinal) =>
                Json($$"""{"download_url":"{{root}}/bytes/obj_1?sig=a%2Fb%7e"}""")(http),
            _ => Json(View)(http),
        };
    };

    public static RequestDelegate Bytes(byte[] content, params (string Name, string Value)[] headers) => async http =>
    {
        http.Response.ContentLength = content.Length;
        foreach ((string name, string value) in headers)
        {
            http.Response.Headers[name] = value;
        }

        await http.Response.Body.WriteAsync(content);
    };

    /// <summary>The Storage API, as far as a client can tell that does not look at its bytes.</summary>
    public static RequestDelegate Files() => http =>
    {
        string path = http.Request.Path.Value!["/storage/v1".Length..];
        switch (http.Request.Method, path)
        {
            case ("POST", "/upload/resumable"):
                (http.Response.StatusCode, http.Response.Headers.Location) = (201, "/storage/v1/upload/resumable/1");
                return Task.CompletedTask;
            case ("PATCH", _):
                http.Response.StatusCode = 204;
                return Task.CompletedTask;
            case ("GET", _) when path.StartsWith("/object/info/", StringComparison.Ordinal):
                return Json("""{"id":"1"}""")(http);
            case ("GET", _):
                return Bytes(new byte[200_000])(http);
            case ("POST", _) when path.StartsWith("/object/list-v2/", StringComparison.Ordinal):
                return Json("""{"hasNext":false,"folders":[],"objects":[]}""")(http);
            case ("POST", _) when path.StartsWith("/object/sign/", StringComparison.Ordinal):
                return Json("""{"signedURL":"/object/sign/b/a?token=t"}""")(http);
            case ("DELETE", _) when path.StartsWith("/object/", StringComparison.Ordinal):
                return Json("[]")(http);
            case (_, _) when path.StartsWith("/object/", StringComparison.Ordinal):
                return Json("""{"Id":"1","Key":"b/a"}""")(http);
            default:
                return Json("""{"name":"b","message":"done"}""")(http);
        }
    };
}
