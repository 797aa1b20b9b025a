using System.Text.Json;
using Coffer.Http;

namespace Coffer.Devboxes.Operations;

/// <summary>A time in a body, as a number of seconds with or without a fraction.</summary>
internal static class Seconds
{
    /// <returns>The time, or the longest when it is more or absent.</returns>
    /// <exception cref="StoreException">InvalidArgument when it is no such number, or below 0.</exception>
    public static TimeSpan Of(JsonBody body, string name, TimeSpan longest) =>
        body.Json(name) is not { } value ? longest
        : value.ValueKind is JsonValueKind.Number && value.TryGetDouble(out double seconds) && seconds >= 0
            ? TimeSpan.FromSeconds(Math.Min(seconds, longest.TotalSeconds))
            : throw new StoreException(StoreErrorCode.InvalidArgument, $"{name} is no number of seconds");
}
