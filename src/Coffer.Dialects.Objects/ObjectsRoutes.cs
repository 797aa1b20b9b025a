using Coffer.Http;
using Coffer.Objects;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Coffer.Dialects.Objects;

/// <summary>The Objects API (Runloop's Storage Objects), route by route. Each operation is the file of its name.</summary>
public static class ObjectsRoutes
{
    public static void MapObjects(this IEndpointRouteBuilder routes, ObjectsDialect dialect)
    {
        Call("POST", "/v1/objects", "objects.create", CreateObject.Handle);
        Call("GET", "/v1/objects", "objects.list", ListObjects.Handle);
        Call("GET", "/v1/objects/list_public", "objects.list_public", ListPublicObjects.Handle);
        Call("GET", "/v1/objects/public", "objects.list_public", ListPublicObjects.Handle);
        Call("GET", "/v1/objects/{id}", "objects.retrieve", RetrieveObject.Handle);
        Call("PATCH", "/v1/objects/{id}", "objects.update", UpdateObject.Handle);
        Call("DELETE", "/v1/objects/{id}", "objects.delete", DeleteObject.Handle);
        Call("POST", "/v1/objects/{id}/delete", "objects.delete", DeleteObject.Handle);
        Call("POST", "/v1/objects/{id}/complete", "objects.complete", CompleteObject.Handle);
        Call("GET", "/v1/objects/{id}/download", "objects.download_url", CreateDownloadUrl.Handle);
        Call("POST", "/v1/objects/{id}/download", "objects.download_url", CreateDownloadUrl.Handle);
        Call("GET", "/v1/objects/{id}/entries", "objects.list_entries", ListEntries.Handle); // one entry's content: EntryRoutes

        Bytes(["PUT"], "objects.upload", UploadContent.Handle);
        Bytes(["GET", "HEAD"], "objects.content", DownloadContent.Handle);

        // A route for the holder of a key.
        void Call(string method, string path, string operation, Func<HttpContext, ObjectsDialect, Task> handle) =>
            routes.MapMethods(path, [method], http => dialect.AnswerAsync(http, handle)).WithMetadata(new Operation(operation));

        // A route for the holder of a link, or for everybody: no key, no limits made for JSON.
        void Bytes(string[] methods, string operation, Func<HttpContext, ObjectsDialect, Task> handle) =>
            routes.MapMethods(ObjectLinks.Path, methods, http => dialect.AnswerAsync(http, handle))
                .WithMetadata(new Operation(operation), DataRoute.Marker, AnyOrigin.Marker);
    }
}
