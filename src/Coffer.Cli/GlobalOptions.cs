using System.CommandLine;

namespace Coffer.Cli;

/// <summary>The options that every verb takes.</summary>
internal static class GlobalOptions
{
    public static Option<string?> Url { get; } = new("--url")
    {
        Description = "The server; else COFFER_URL, RUNLOOP_BASE_URL, credentials.json of the data folder.",
        HelpName = "http://host:port",
        Recursive = true,
    };

    public static Option<string?> Key { get; } = new("--key")
    {
        Description = "The API key; else COFFER_API_KEY, RUNLOOP_API_KEY, credentials.json of the data folder.",
        HelpName = "key",
        Recursive = true,
    };

    public static Option<bool> Json { get; } = new("--json")
    {
        Description = "Print results to stdout, and errors to stderr, as JSON.",
        Recursive = true,
    };

    public static Option<bool> Quiet { get; } = new("--quiet", "-q")
    {
        Description = "Print ids only, without progress and hints, as when piped.",
        Recursive = true,
    };

    public static Option<string?> Data { get; } = new("--data")
    {
        Description = "The data folder of a server on this machine; else COFFER_DATA, ./coffer-data.",
        HelpName = "folder",
        Recursive = true,
    };
}
