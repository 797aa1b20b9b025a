using System.Text.Json;
using Coffer.Objects;

namespace Coffer.Http;

/// <summary>The <c>metadata</c> member of a body.</summary>
public static class MetadataJson
{
    /// <summary>Texts as they are, numbers and booleans as their JSON text; null when there is no metadata.</summary>
    /// <exception cref="StoreException">InvalidArgument, naming the member that is nested, null or too long.</exception>
    public static ObjectMetadata? Read(JsonBody body) =>
        body.Members("metadata") is { } members ? ObjectMetadata.From(members.Select(Pair)) : null;

    private static KeyValuePair<string, string> Pair(JsonProperty member) => member.Value.ValueKind switch
    {
        JsonValueKind.String => new(member.Name, JsonBody.TextOf(member.Value, $"metadata.{member.Name}")),
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => new(member.Name, member.Value.GetRawText()),
        _ => throw new StoreException(
            StoreErrorCode.InvalidArgument, $"metadata.{member.Name} is not a text: metadata holds texts, numbers and booleans, nothing nested"),
    };
}
