using Coffer.Access;
using Coffer.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Win32.SafeHandles;

namespace Coffer.Devboxes.Operations;

/// <summary>POST /v1/devboxes/{id}/download_file: the bytes of a file of the devbox.</summary>
internal static class DownloadFile
{
    public static async Task Handle(HttpContext http, DevboxCalls calls)
    {
        (Caller caller, DevboxId id) = await calls.CallAsync(http);
        using JsonBody body = await JsonBody.ReadAsync(http);
        using SafeFileHandle file = await calls.Store.OpenFileAsync(caller, id, body.RequiredText("path"), http.RequestAborted);
        await FileAnswer.SendAsync(http, file, RandomAccess.GetLength(file), "application/octet-stream");
    }
}
