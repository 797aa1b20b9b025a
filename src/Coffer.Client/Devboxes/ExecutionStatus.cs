using System.Text.Json.Serialization;

namespace Coffer.Client;

/// <summary>Where a command is: queued, running, completed.</summary>
/// <remarks>A word that this version of the package does not know is kept as it came. Source: Devboxes API, AsyncExecution.</remarks>
[JsonConverter(typeof(WireWordConverter<ExecutionStatus>))]
public readonly record struct ExecutionStatus : IWireWord<ExecutionStatus>
{
    private readonly string? _value;

    /// <summary>Takes the word of the wire, in its small letters.</summary>
    /// <param name="value">For example <c>completed</c>; kept as it is.</param>
    /// <exception cref="ArgumentException">The word is empty.</exception>
    public ExecutionStatus(string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(value);
        _value = value;
    }

    /// <summary>Not begun yet.</summary>
    public static ExecutionStatus Queued { get; } = new("queued");

    /// <summary>Begun, and not ended.</summary>
    public static ExecutionStatus Running { get; } = new("running");

    /// <summary>Ended, by itself or by a kill; the exit status says how.</summary>
    public static ExecutionStatus Completed { get; } = new("completed");

    /// <summary>The word of the wire; empty when the server left the status out.</summary>
    public string Value => _value ?? "";

    static ExecutionStatus IWireWord<ExecutionStatus>.Of(string word) => word.Length == 0 ? default : new(word);

    /// <summary>The word of the wire.</summary>
    public override string ToString() => Value;
}
