using Coffer.Access;
using Coffer.Http;
using Microsoft.AspNetCore.Http;

namespace Coffer.Devboxes.Operations;

/// <summary>POST /v1/devboxes/{id}/upload_file: a form with a file, and the path that it gets in the devbox.</summary>
internal static class UploadFile
{
    public static async Task Handle(HttpContext http, DevboxCalls calls)
    {
        (Caller caller, DevboxId id) = await calls.CallAsync(http);
        await using IncomingFile incoming = await calls.Store.ReceiveAsync(caller, id, http.RequestAborted);

        string path = await FileForm.ReadAsync(http.Request, incoming, http.RequestAborted);
        await calls.Store.WriteFileAsync(caller, id, path, incoming.Content(), http.RequestAborted);

        await JsonResponse.WriteAsync(http, static json =>
        {
            json.WriteStartObject();
            json.WriteEndObject();
        });
    }
}
