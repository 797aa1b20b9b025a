using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Coffer.Http;

/// <summary>The error body of the JSON routes: <c>{"message":"…","code":"…"}</c>.</summary>
public static class JsonError
{
    private static readonly JsonWriterOptions Readable = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // messages quote what was sent; safe as application/json with nosniff
    };

    /// <summary>Answers with the error and notes its code for the log. The response must not have started.</summary>
    public static Task WriteAsync(HttpContext http, int status, string code, string message)
    {
        http.Facts().ErrorCode = code;
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json; charset=utf-8";
        http.Response.Headers.XContentTypeOptions = "nosniff";
        if (status == StatusCodes.Status501NotImplemented)
        {
            http.Response.Headers["x-should-retry"] = "false"; // clients repeat every 5xx, and no repetition heals this one
        }

        var body = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(body, Readable))
        {
            json.WriteStartObject();
            json.WriteString("message"u8, message);
            json.WriteString("code"u8, code);
            json.WriteEndObject();
        }

        http.Response.ContentLength = body.WrittenCount;
        return HttpMethods.IsHead(http.Request.Method)
            ? Task.CompletedTask
            : http.Response.BodyWriter.WriteAsync(body.WrittenMemory).AsTask();
    }
}
