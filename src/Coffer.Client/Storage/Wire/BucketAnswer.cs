using System.Text.Json.Serialization;

namespace Coffer.Client;

/// <summary>What most calls that change something answer: a name, or a message.</summary>
internal sealed record BucketAnswer
{
    public string? Name { get; init; }

    [JsonConverter(typeof(EmptyForNull))]
    public string Message { get; init; } = "";
}
