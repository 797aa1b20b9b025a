namespace Coffer.Client;

/// <summary>How a command is run and waited for.</summary>
public sealed class ExecOptions
{
    /// <summary>
    /// Hears each piece of the standard output as it comes. Calls of this and <see cref="OnStderr"/> come one at a time; an exception
    /// ends the waiting, not the command.
    /// </summary>
    public Action<string>? OnStdout { get; init; }

    /// <summary>Hears each piece of the standard error as it comes.</summary>
    public Action<string>? OnStderr { get; init; }

    /// <summary>How long to wait for the end in all, about; null for as long as it takes. After it the command goes on.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public TimeSpan? LongestWait { get; init => field = LongWait.Checked(value); }

    /// <summary>What the call that begins the command does differently; timeout, headers and the like hold for all calls.</summary>
    public RequestOptions? Request { get; init; }
}
