using System.Text.Json.Serialization;

namespace Coffer.Client;

/// <summary>Where a devbox is in its life: provisioning, then running, and at last shutdown; or failure.</summary>
/// <remarks>
/// A word that this version of the package does not know is kept as it came and compares unequal to the known ones. Source: Devboxes
/// API, <c>status</c>.
/// </remarks>
[JsonConverter(typeof(WireWordConverter<DevboxStatus>))]
public readonly record struct DevboxStatus : IWireWord<DevboxStatus>
{
    private readonly string? _value;

    /// <summary>Takes the word of the wire, in its small letters.</summary>
    /// <param name="value">For example <c>running</c>; kept as it is.</param>
    /// <exception cref="ArgumentException">The word is empty.</exception>
    public DevboxStatus(string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(value);
        _value = value;
    }

    /// <summary>Being made: what is mounted is still on its way.</summary>
    public static DevboxStatus Provisioning { get; } = new("provisioning");

    /// <summary>Files can be read and written, and commands run.</summary>
    public static DevboxStatus Running { get; } = new("running");

    /// <summary>It could not be made, or broke; <see cref="DevboxView.FailureReason"/> says why. It stays so.</summary>
    public static DevboxStatus Failure { get; } = new("failure");

    /// <summary>Ended, by a call or by its keep-alive; its files are gone. It stays so.</summary>
    public static DevboxStatus Shutdown { get; } = new("shutdown");

    /// <summary>The word of the wire; empty when the server left the status out.</summary>
    public string Value => _value ?? "";

    static DevboxStatus IWireWord<DevboxStatus>.Of(string word) => word.Length == 0 ? default : new(word);

    /// <summary>The word of the wire.</summary>
    public override string ToString() => Value;
}
