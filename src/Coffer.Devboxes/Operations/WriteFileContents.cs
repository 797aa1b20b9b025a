using System.Text;
using Coffer.Access;
using Coffer.Http;
using Microsoft.AspNetCore.Http;

namespace Coffer.Devboxes.Operations;

/// <summary>POST /v1/devboxes/{id}/write_file_contents: writes a text to a file of the devbox.</summary>
internal static class WriteFileContents
{
    private const int MaxBodyBytes = 16 << 20; // it is in memory whole; upload_file takes any size

    public static async Task Handle(HttpContext http, DevboxCalls calls)
    {
        (Caller caller, DevboxId id) = await calls.CallAsync(http);
        using JsonBody body = await JsonBody.ReadAsync(http, MaxBodyBytes);
        string path = body.RequiredText("file_path");
        using var contents = new MemoryStream(Encoding.UTF8.GetBytes(body.RequiredText("contents")), writable: false);

        await calls.Store.WriteFileAsync(caller, id, path, contents, http.RequestAborted);

        await JsonResponse.WriteAsync(http, json =>
        {
            json.WriteStartObject();
            json.WriteString("devbox_id"u8, id.ToString());
            json.WriteNumber("exit_status"u8, 0);
            json.WriteString("stdout"u8, "");
            json.WriteString("stderr"u8, "");
            json.WriteNull("shell_name"u8);
            json.WriteEndObject();
        });
    }
}
