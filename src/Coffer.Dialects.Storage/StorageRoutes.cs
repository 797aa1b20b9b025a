using Coffer.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Coffer.Dialects.Storage;

/// <summary>The Storage API (Supabase Storage), route by route. Each operation is the file of its name.</summary>
/// <remarks>
/// Matched by the raw target, not by the framework's routing, which reads <c>%2F</c> and <c>%252F</c> alike, resolves dot segments
/// and could so let two keys meet. The order counts: a longer word before a shorter one.
/// </remarks>
internal static class StorageRoutes
{
    public static IReadOnlyList<RouteEndpoint> Of(StorageDialect dialect)
    {
        var routes = new List<RouteEndpoint>();

        Json("POST", "/bucket", "bucket.create", CreateBucket.Handle);
        Json("GET", "/bucket", "bucket.list", ListBuckets.Handle);
        Json("GET", "/bucket/{bucket}", "bucket.get", GetBucket.Handle);
        Json("PUT", "/bucket/{bucket}", "bucket.update", UpdateBucket.Handle);
        Json("DELETE", "/bucket/{bucket}", "bucket.delete", DeleteBucket.Handle);
        Json("POST", "/bucket/{bucket}/empty", "bucket.empty", EmptyBucket.Handle);

        Json("POST", "/object/list/{bucket}", "object.list", ListObjects.Handle);
        Json("POST", "/object/list-v2/{bucket}", "object.list_v2", ListObjectsV2.Handle);
        Json("POST", "/object/move", "object.move", MoveObject.Handle);
        Json("POST", "/object/copy", "object.copy", CopyObject.Handle);
        Json("POST", "/object/sign/{bucket}/{key}", "object.sign", SignDownload.Handle);
        Json("POST", "/object/sign/{bucket}", "object.sign_many", SignDownloads.Handle);
        Data("POST", "/object/upload/sign/{bucket}/{key}", "object.sign_upload_url", SignUpload.Handle);
        Data("PUT", "/object/upload/sign/{bucket}/{key}", "object.upload_signed", UploadSigned.Handle);

        Read("/object/info/public/{bucket}/{key}", "object.info_public", ObjectInfo.OfPublic);
        Read("/object/info/authenticated/{bucket}/{key}", "object.get_authenticated_info", ObjectInfo.Authenticated);
        Read("/object/info/{bucket}/{key}", "object.get_authenticated_info", ObjectInfo.Handle);
        Read("/object/public/{bucket}/{key}", "object.get_public", DownloadObject.OfPublic);
        Read("/object/authenticated/{bucket}/{key}", "object.get_authenticated", DownloadObject.Authenticated);
        Read("/object/sign/{bucket}/{key}", "object.get_signed", DownloadSigned.Handle);
        Read("/object/{bucket}/{key}", "object.get_authenticated", DownloadObject.Handle);

        Data("POST", "/object/{bucket}/{key}", "object.upload", UploadObject.Handle);
        Data("PUT", "/object/{bucket}/{key}", "object.upload_update", UpdateObject.Handle);
        Json("DELETE", "/object/{bucket}/{key}", "object.delete", DeleteObject.Handle);
        Json("DELETE", "/object/{bucket}", "object.delete_many", DeleteObjects.Handle);

        Read("/render/image/public/{bucket}/{key}", "render.image_public", RenderImage.Handle);
        Read("/render/image/authenticated/{bucket}/{key}", "render.image_authenticated", RenderImage.Handle);
        Read("/render/image/sign/{bucket}/{key}", "render.image_sign", RenderImage.Handle);

        Json("DELETE", "/cdn/{bucket}/{key}", "cdn.purge_object_cache", PurgeCache.Handle);
        Json("DELETE", "/cdn/{bucket}", "cdn.purge_bucket_cache", PurgeCache.Handle);
        Json("DELETE", "/cdn", "cdn.purge_tenant_cache", PurgeCache.Handle);

        Read("/status", "status", ServiceStatus.Status);
        Read("/version", "version", ServiceStatus.Version);
        Read("/health", "health", ServiceStatus.Health);
        return routes;

        void Json(string method, string path, string operation, Func<StorageCall, Task> handle) =>
            Add([method], path, operation, handle);

        void Read(string path, string operation, Func<StorageCall, Task> handle) =>
            Add(["GET", "HEAD"], path, operation, handle);

        // Object bytes come in: no limits made for JSON.
        void Data(string method, string path, string operation, Func<StorageCall, Task> handle) =>
            Add([method], path, operation, handle, DataRoute.Marker);

        void Add(string[] methods, string path, string operation, Func<StorageCall, Task> handle, params object[] more)
        {
            var route = StorageRoute.Parse(path);
            object[] metadata =
            [
                route, new Operation($"storage.{operation}"), new HttpMethodMetadata(methods), AnyOrigin.Marker, StorageErrors.Shape, .. more,
            ];
            routes.Add(new RouteEndpoint(
                http => StorageDialect.AnswerAsync(new StorageCall(http, dialect, route, operation), handle),
                RoutePatternFactory.Parse(path), order: 0, new EndpointMetadataCollection(metadata), operation));
        }
    }
}
