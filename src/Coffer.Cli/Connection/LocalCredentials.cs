using System.Text.Json;

namespace Coffer.Cli.Connection;

/// <summary>What a server leaves in its data folder for the command on the same machine. Read when first asked for.</summary>
internal sealed class LocalCredentials(string dataFolder)
{
    private readonly Lazy<JsonElement?> _file = new(() => Read(System.IO.Path.Combine(dataFolder, "credentials.json")));

    public string Path => System.IO.Path.Combine(dataFolder, "credentials.json");

    public string? Url => Field("url");

    public string? ApiKey => Field("api_key");

    public string? OperatorKey => Field("operator_key");

    private string? Field(string name) =>
        _file.Value is { } file && file.TryGetProperty(name, out JsonElement value) && value.ValueKind is JsonValueKind.String
            ? value.GetString()
            : null;

    private static JsonElement? Read(string path)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            return document.RootElement.ValueKind is JsonValueKind.Object
                ? document.RootElement.Clone()
                : throw new JsonException("it is no object");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (JsonException e)
        {
            throw new UsageException($"{path} holds no credentials ({Text.Clause(e.Message)}); restart `coffer serve` on this folder");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{path} cannot be read; run as the user that runs the server, or set COFFER_API_KEY");
        }
    }
}
