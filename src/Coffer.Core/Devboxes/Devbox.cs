using Coffer.Access;
using Coffer.Objects;

namespace Coffer.Devboxes;

/// <summary>A sandbox with files of its own, as the catalog knows it.</summary>
public sealed record Devbox
{
    public required DevboxId Id { get; init; }

    public required AccountId Account { get; init; }

    public string? Name { get; init; }

    public ObjectMetadata? Metadata { get; init; }

    /// <summary>Variables of its commands: a JSON object of texts; null for none. Never shown.</summary>
    public string? EnvironmentJson { get; init; }

    /// <summary>Launch parameters as they were given: a JSON object.</summary>
    public required string LaunchJson { get; init; }

    /// <summary>What is mounted in it: a JSON array, without contents.</summary>
    public required string MountsJson { get; init; }

    /// <summary>As of the reading: a devbox past its keep-alive time is shut down, whether or not its files are gone already.</summary>
    public required DevboxStatus Status { get; init; }

    /// <summary>The steps of its life so far, oldest first.</summary>
    public required IReadOnlyList<DevboxTransition> Transitions { get; init; }

    /// <summary>When it is shut down by itself, in Unix milliseconds.</summary>
    public required long KeepAliveEndMs { get; init; }

    public DevboxShutdownReason? ShutdownReason { get; init; }

    public DevboxFailureReason? FailureReason { get; init; }

    /// <summary>User of the machine that owns its files and runs its commands; null for the server's own.</summary>
    public int? HostUid { get; init; }

    public long? EndedAtMs { get; init; }

    public long CreatedAtMs => Id.CreatedAtMs;

    public bool HasEnded => Status is DevboxStatus.Shutdown or DevboxStatus.Failure;

    /// <summary>The devbox as it is at a moment.</summary>
    public Devbox At(long nowMs) => HasEnded || nowMs < KeepAliveEndMs
        ? this
        : Ended(new DevboxMove(DevboxStatus.Shutdown, KeepAliveEndMs) { ShutdownReason = DevboxShutdownReason.KeepAliveTimeout });

    /// <summary>The devbox after a step; whether it may take it is the catalog's to judge.</summary>
    public Devbox After(DevboxMove move) => move.Status is DevboxStatus.Shutdown or DevboxStatus.Failure ? Ended(move) : Stepped(move);

    private Devbox Ended(DevboxMove move) => Stepped(move) with
    {
        EndedAtMs = move.AtMs,
        ShutdownReason = move.ShutdownReason,
        FailureReason = move.FailureReason,
    };

    private Devbox Stepped(DevboxMove move) => this with
    {
        Status = move.Status,
        Transitions = [.. Transitions, new DevboxTransition(move.Status, move.AtMs, move.FailureReason)],
    };
}

/// <summary>A step that a devbox is to take.</summary>
public sealed record DevboxMove(DevboxStatus Status, long AtMs)
{
    public DevboxShutdownReason? ShutdownReason { get; init; }

    public DevboxFailureReason? FailureReason { get; init; }
}
