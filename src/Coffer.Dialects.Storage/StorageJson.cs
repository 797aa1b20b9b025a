using System.Text.Json;
using Coffer.Http;

namespace Coffer.Dialects.Storage;

/// <summary>JSON answers in the dialect's ways.</summary>
internal static class StorageJson
{
    public const string MediaType = "application/json; charset=utf-8";

    public static Task WriteAsync(StorageCall call, Action<Utf8JsonWriter> write) => JsonResponse.WriteAsync(call.Http, write, MediaType);

    /// <summary>Answers an array, which need not be in memory as a whole.</summary>
    public static Task WriteAllAsync<T>(StorageCall call, IAsyncEnumerable<T> items, Action<Utf8JsonWriter, T> write) =>
        JsonResponse.WriteAllAsync(call.Http, items, write, MediaType);

    /// <summary>Answers an object with one text.</summary>
    public static Task WriteAsync(StorageCall call, string name, string text) => WriteAsync(call, json =>
    {
        json.WriteStartObject();
        json.WriteString(name, text);
        json.WriteEndObject();
    });

    public static void WriteNumberOrNull(this Utf8JsonWriter json, ReadOnlySpan<byte> name, long? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    public static void WriteTimeOrNull(this Utf8JsonWriter json, ReadOnlySpan<byte> name, long? unixMs)
    {
        if (unixMs is { } time)
        {
            json.WriteTime(name, time);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
