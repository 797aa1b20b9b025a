using System.Text.Json;
using System.Text.Json.Serialization;

namespace Coffer.Devboxes.Execution;

/// <summary>What of an execution outlives the server: a file beside its outputs.</summary>
/// <param name="CommandHash">SHA-256 of the command in hexadecimal: one id for two commands is noticed without keeping the text.</param>
internal sealed record ExecutionRecord(string Id, string? CommandId, string CommandHash, int? ExitStatus)
{
    private const string FileName = "execution.json";

    /// <returns>Null when there is none that can be read: the server ended before it was whole.</returns>
    public static ExecutionRecord? Read(string folder)
    {
        try
        {
            using FileStream file = File.OpenRead(Path.Combine(folder, FileName));
            return JsonSerializer.Deserialize(file, ExecutionRecordJson.Default.ExecutionRecord);
        }
        catch (Exception none) when (none is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    public void Write(string folder)
    {
        string whole = Path.Combine(folder, FileName);
        string fresh = whole + ".new";
        using (FileStream file = File.Create(fresh))
        {
            JsonSerializer.Serialize(file, this, ExecutionRecordJson.Default.ExecutionRecord);
        }

        File.Move(fresh, whole, overwrite: true);
    }
}

[JsonSerializable(typeof(ExecutionRecord))]
internal sealed partial class ExecutionRecordJson : JsonSerializerContext;
