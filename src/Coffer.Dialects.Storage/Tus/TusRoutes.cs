using Coffer.Http;
using Coffer.Uploads;
using Microsoft.AspNetCore.Http;

namespace Coffer.Dialects.Storage.Tus;

/// <summary>Adds one route: methods, path, operation, handler, and metadata beside what all routes have.</summary>
internal delegate void RouteAdder(string[] methods, string path, string operation, Func<StorageCall, Task> handle, params object[] metadata);

/// <summary>TUS resumable uploads 1.0.0 (tus.io): for callers with a token, and below <c>sign</c> for the bearers of a signed link.</summary>
internal static class TusRoutes
{
    private const string Root = "/upload/resumable";

    /// <summary>The longer paths first: <c>sign</c> is no upload's id.</summary>
    public static void Add(RouteAdder add)
    {
        Of($"{Root}/sign", isSigned: true, "_signed");
        Of(Root, isSigned: false, "");

        void Of(string root, bool isSigned, string suffix)
        {
            string one = $"{root}/{{id}}";
            var own = new OneUpload(suffix);
            Run("POST", root, "tus.upload.create", CreateUpload.Handle);
            Run("POST", one, "tus.upload.part", own.OverrideAsync); // for clients behind proxies that know no PATCH
            Run("PATCH", one, "tus.upload.part", OneUpload.AppendAsync);
            Run("HEAD", one, "tus.upload.get", OneUpload.GetAsync);
            Run("DELETE", one, "tus.upload.delete", OneUpload.EndAsync);
            add(["OPTIONS"], root, $"tus.options{suffix}", TusOptions.Handle, TusErrors.Shape);
            add(["OPTIONS"], one, $"tus.options{suffix}", TusOptions.Handle, TusErrors.Shape);

            void Run(string method, string path, string operation, Func<StorageCall, Uploader, Task> handle) => add(
                [method], path, operation + suffix, call => AnswerAsync(call, isSigned, handle), DataRoute.Marker, TusErrors.Shape);
        }
    }

    /// <summary>A token that is wrong is told as in the rest of the API, everything after that in the words of the protocol.</summary>
    private static async Task AnswerAsync(StorageCall call, bool isSigned, Func<StorageCall, Uploader, Task> handle)
    {
        IHeaderDictionary headers = call.Http.Response.Headers;
        headers[TusHeaders.Resumable] = TusHeaders.Version;
        headers.AccessControlExposeHeaders = TusHeaders.Exposed;
        Uploader? uploader = isSigned ? null : await TusAuth.CallerAsync(call);
        try
        {
            uploader ??= await TusAuth.BearerAsync(call);
            if (call.Http.Request.Headers[TusHeaders.Resumable] != TusHeaders.Version)
            {
                throw TusErrors.OtherVersion;
            }

            await handle(call, uploader);
        }
        catch (TusRefusal refusal) when (!call.Http.Response.HasStarted)
        {
            await TusErrors.WriteAsync(call.Http, refusal.Status, refusal.Message, refusal.Code);
        }
        catch (StorageRefusal refusal) when (!call.Http.Response.HasStarted)
        {
            await TusErrors.WriteAsync(call.Http, refusal.Error.Status, refusal.Error.Message ?? refusal.Message, refusal.Error.Code);
        }
        catch (StoreException refusal) when (!call.Http.Response.HasStarted)
        {
            await TusErrors.WriteAsync(call.Http, refusal);
        }
    }
}
