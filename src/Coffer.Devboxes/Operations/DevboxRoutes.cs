using Coffer.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Coffer.Devboxes.Operations;

/// <summary>Devboxes and their files (Runloop's Devboxes API), route by route. Each operation is the file of its name.</summary>
public static class DevboxRoutes
{
    private const string Devbox = "/v1/devboxes/{id}";

    public static void MapDevboxes(this IEndpointRouteBuilder routes, DevboxCalls calls)
    {
        Call("POST", "/v1/devboxes", "devboxes.create", CreateDevbox.Handle);
        Call("POST", "/v1/devboxes/create_and_await_running", "devboxes.create", CreateDevbox.Handle);
        Call("GET", "/v1/devboxes", "devboxes.list", ListDevboxes.Handle);
        Call("GET", Devbox, "devboxes.retrieve", RetrieveDevbox.Handle);
        Call("POST", $"{Devbox}/wait_for_status", "devboxes.wait_for_status", WaitForStatus.Handle);
        Call("POST", $"{Devbox}/shutdown", "devboxes.shutdown", ShutdownDevbox.Handle);
        Bytes($"{Devbox}/read_file_contents", "devboxes.read_file", ReadFileContents.Handle);
        Bytes($"{Devbox}/write_file_contents", "devboxes.write_file", WriteFileContents.Handle);
        Bytes($"{Devbox}/download_file", "devboxes.download_file", DownloadFile.Handle);
        Bytes($"{Devbox}/upload_file", "devboxes.upload_file", UploadFile.Handle);

        void Call(string method, string path, string operation, Func<HttpContext, DevboxCalls, Task> handle) =>
            routes.MapMethods(path, [method], http => calls.AnswerAsync(http, handle)).WithMetadata(new Operation(operation));

        // A route that carries a file, in its body or in its answer.
        void Bytes(string path, string operation, Func<HttpContext, DevboxCalls, Task> handle) =>
            routes.MapMethods(path, ["POST"], http => calls.AnswerAsync(http, handle)).WithMetadata(new Operation(operation), DataRoute.Marker);
    }
}
