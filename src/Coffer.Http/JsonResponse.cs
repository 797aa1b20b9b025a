using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Coffer.Http;

/// <summary>Writes JSON answers of known length.</summary>
public static class JsonResponse
{
    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // readable; safe as application/json with nosniff
        SkipValidation = true,
    };

    [ThreadStatic]
    private static (ArrayBufferWriter<byte> Buffer, Utf8JsonWriter Json)? _kept;

    /// <summary>Answers with what <paramref name="write"/> writes, and the status that the response has.</summary>
    public static async Task WriteAsync(HttpContext http, Action<Utf8JsonWriter> write, string mediaType = "application/json")
    {
        const int keepUpTo = 256 * 1024;
        (ArrayBufferWriter<byte> buffer, Utf8JsonWriter json) = _kept ?? New();
        _kept = null;
        write(json);
        json.Flush();

        HttpResponse response = http.Response;
        response.ContentType = mediaType;
        response.Headers.XContentTypeOptions = "nosniff";
        response.ContentLength = buffer.WrittenCount;
        if (!HttpMethods.IsHead(http.Request.Method))
        {
            response.BodyWriter.Write(buffer.WrittenSpan);
        }

        if (buffer.Capacity <= keepUpTo)
        {
            buffer.ResetWrittenCount();
            json.Reset(buffer);
            _kept = (buffer, json);
        }

        await response.BodyWriter.FlushAsync(http.RequestAborted);
    }

    /// <summary>
    /// Answers with an array, its items written as they come. Up to 1 MiB it is sent whole and with its length, so that a failure can
    /// still be answered instead; of what is larger the beginning is sent before the end is known.
    /// </summary>
    public static async Task WriteAllAsync<T>(
        HttpContext http, IAsyncEnumerable<T> items, Action<Utf8JsonWriter, T> write, string mediaType = "application/json")
    {
        const int heldBytes = 1 << 20;
        HttpResponse response = http.Response;
        var buffer = new ArrayBufferWriter<byte>(4096);
        using var json = new Utf8JsonWriter(buffer, Options);
        bool isBegun = false;
        json.WriteStartArray();
        await foreach (T item in items)
        {
            write(json, item);
            if (buffer.WrittenCount + json.BytesPending > heldBytes)
            {
                json.Flush();
                await SendAsync();
            }
        }

        json.WriteEndArray();
        json.Flush();
        response.ContentLength = isBegun ? null : buffer.WrittenCount;
        await SendAsync();

        async ValueTask SendAsync()
        {
            if (!isBegun)
            {
                isBegun = true;
                response.ContentType = mediaType;
                response.Headers.XContentTypeOptions = "nosniff";
            }

            response.BodyWriter.Write(buffer.WrittenSpan);
            buffer.ResetWrittenCount();
            await response.BodyWriter.FlushAsync(http.RequestAborted);
        }
    }

    private static (ArrayBufferWriter<byte>, Utf8JsonWriter) New()
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        return (buffer, new Utf8JsonWriter(buffer, Options));
    }
}
