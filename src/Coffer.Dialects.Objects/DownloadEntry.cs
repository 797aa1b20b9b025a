using Coffer.Archives;
using Coffer.Archives.Index;
using Coffer.Http;
using Coffer.Http.Content;
using Coffer.Objects;
using Microsoft.AspNetCore.Http;

namespace Coffer.Dialects.Objects;

/// <summary>GET or HEAD /v1/objects/{id}/entries/{path}: one file of the archive that an object holds, as an attachment.</summary>
internal static class DownloadEntry
{
    private const int Step = 64 << 10;

    public static async Task Handle(HttpContext http, ObjectsDialect dialect)
    {
        string path = EntryRoutes.PathOf(http) ?? throw new StoreException(
            StoreErrorCode.EntryNotFound, "no entry has this name: it is not percent-encoded UTF-8");
        using OpenEntry entry = await dialect.AsReaderAsync(
            http, caller => dialect.Archives.OpenEntryAsync(caller, ObjectsDialect.IdOf(http), path, http.RequestAborted));

        // Before the headers: what cannot be read at all is answered as an error.
        byte[] first = new byte[Math.Min(Step, entry.Entry.SizeBytes)];
        if (HttpMethods.IsGet(http.Request.Method))
        {
            Read(entry, () => entry.Content.ReadExactly(first));
        }

        HttpResponse response = http.Response;
        IHeaderDictionary headers = response.Headers;
        headers.ContentType = MediaTypes.Unknown; // what a name inside an archive ends in says nothing of who may trust it
        headers.ContentDisposition = ContentDisposition.Attachment(NameOf(entry.Entry));
        headers.CacheControl = "private, no-cache";
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = ContentResponse.Sandbox;
        headers.ContentLength = entry.Entry.SizeBytes;
        if (HttpMethods.IsGet(http.Request.Method))
        {
            await SendAsync(http, entry, first);
        }
    }

    private static async Task SendAsync(HttpContext http, OpenEntry entry, byte[] first)
    {
        try
        {
            await http.Response.BodyWriter.WriteAsync(first, http.RequestAborted);
            for (long left = entry.Entry.SizeBytes - first.Length; left > 0;)
            {
                int count = 0;
                Read(entry, () => count = entry.Content.Read(http.Response.BodyWriter.GetSpan(Step)[..(int)Math.Min(Step, left)]));
                http.Response.BodyWriter.Advance(count);
                left -= count;
                if ((await http.Response.BodyWriter.FlushAsync(http.RequestAborted)).IsCompleted)
                {
                    http.Abort();
                    return;
                }
            }
        }
        catch (StoreException damaged) when (http.Response.HasStarted)
        {
            http.Facts().ErrorCode = Refusals.For(damaged.Code).Code;
            http.Abort(); // the length was announced: a cut connection is the only honest answer left
        }
    }

    /// <summary>The archive was found right when its index was made. What is wrong with it now is damage, and no fault of whoever asks.</summary>
    private static void Read(OpenEntry entry, Action read)
    {
        try
        {
            read();
        }
        catch (Exception failed) when (failed is ArchiveException or EndOfStreamException)
        {
            throw new StoreException(StoreErrorCode.Corrupt, $"the archive {entry.Archive.Id} is not the one that was indexed", failed);
        }
    }

    private static string NameOf(IndexedEntry entry) => entry.Path[(entry.Path.LastIndexOf('/') + 1)..];
}
