using System.Text.Json;

namespace Coffer.Cli.Input;

/// <summary>Policies from a file: an array, one alone, or an object whose member <c>policies</c> is the array.</summary>
internal static class PolicyFile
{
    public const string StandardInputName = "-";

    /// <exception cref="UsageException">It is not JSON, or holds no policies.</exception>
    public static async Task<IReadOnlyList<JsonElement>> ReadAsync(string path, CancellationToken cancellationToken)
    {
        await using Stream stream = path == StandardInputName ? StandardInput.Open() : File.OpenRead(path);
        try
        {
            using JsonDocument document = await JsonDocument.ParseAsync(
                stream, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true }, cancellationToken);
            JsonElement json = document.RootElement.Clone();
            if (json.ValueKind is JsonValueKind.Object && json.TryGetProperty("policies", out JsonElement list))
            {
                json = list;
            }

            return json.ValueKind switch
            {
                JsonValueKind.Array => [.. json.EnumerateArray()],
                JsonValueKind.Object => [json],
                _ => throw new UsageException($"{path} holds neither a policy nor an array of policies; docs/policies.md shows the form"),
            };
        }
        catch (JsonException broken)
        {
            throw new UsageException($"{path} is not valid JSON, at line {broken.LineNumber + 1}; docs/policies.md shows the form");
        }
        catch (InvalidOperationException) // what the reader says of half a character
        {
            throw new UsageException($"{path} has a member whose name is not well-formed Unicode");
        }
    }

    /// <summary>A JSON object from the command line.</summary>
    /// <exception cref="UsageException">It is none.</exception>
    public static JsonElement? Object(string? text, string option)
    {
        try
        {
            return text is null ? null
                : JsonElement.Parse(text) is { ValueKind: JsonValueKind.Object } json ? json
                : throw new UsageException($"{option} takes a JSON object, such as '{{\"aal\":\"aal2\"}}'");
        }
        catch (JsonException)
        {
            throw new UsageException($"{option} takes a JSON object, such as '{{\"aal\":\"aal2\"}}'");
        }
    }
}
