using System.Text.Json;
using System.Text.Json.Serialization;

namespace Coffer.Client;

/// <summary>What the server says about one command at one moment.</summary>
/// <remarks>Source: Devboxes API, AsyncExecution.</remarks>
public sealed record ExecutionView
{
    /// <summary>The devbox in which it runs.</summary>
    public string DevboxId { get; init; } = "";

    /// <summary>The identifier of the execution; never empty.</summary>
    [JsonRequired, JsonConverter(typeof(NeverEmpty))]
    public string ExecutionId { get; init; } = "";

    /// <summary>Where the command is.</summary>
    public ExecutionStatus Status { get; init; }

    /// <summary>The exit status; 128 and a signal's number for a command that a signal ended. Null until it has ended.</summary>
    public int? ExitStatus { get; init; }

    /// <summary>The end of the standard output, as UTF-8 text; null until the command has ended.</summary>
    public string? Stdout { get; init; }

    /// <summary>The end of the standard error; null until the command has ended.</summary>
    public string? Stderr { get; init; }

    /// <summary>Whether <see cref="Stdout"/> lacks the beginning, which the stream still has.</summary>
    public bool? StdoutTruncated { get; init; }

    /// <summary>Whether <see cref="Stderr"/> lacks the beginning, which the stream still has.</summary>
    public bool? StderrTruncated { get; init; }

    /// <summary>The named shell it runs in; null on Coffer, where each command has its own.</summary>
    public string? ShellName { get; init; }

    /// <summary>Every field of the answer that has no property here, by its name on the wire; null when there is none.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtraFields { get; set; }
}

/// <summary>A piece of what a command writes.</summary>
/// <param name="Output">The text; never parted within a character.</param>
/// <param name="Offset">Where a stream goes on that is opened anew after this piece; null when the server does not say.</param>
/// <remarks>Source: Devboxes API, stream_stdout_updates, stream_stderr_updates.</remarks>
public sealed record ExecutionOutput([property: JsonConverter(typeof(EmptyForNull))] string Output, long? Offset);
