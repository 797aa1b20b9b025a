using System.CommandLine;
using System.Runtime.CompilerServices;
using Coffer.Server.Configuration;

namespace Coffer.Cli.Verbs;

/// <summary><c>coffer serve</c>: runs the server. Every setting is a flag too.</summary>
internal static class ServeVerb
{
    public const string Name = "serve";

    /// <param name="withSettings">
    /// Whether to read the server's table of settings, which loads the server: only for a run of this verb or for its help.
    /// </param>
    public static Command Command(bool withSettings)
    {
        var verb = new Verb(
            Name,
            "Run the server on this machine.",
            "coffer serve",
            "coffer serve --data /var/lib/coffer --urls http://0.0.0.0:8484")
        {
            Without = new Dictionary<Option, string>
            {
                [GlobalOptions.Url] = "serve listens on --urls; --url is for the other verbs",
                [GlobalOptions.Key] = "serve takes its service key from --api-key; --key is for the other verbs",
                [GlobalOptions.Json] = "serve has no --json; where stderr is no terminal, its log is JSON",
                [GlobalOptions.Quiet] = "serve has no --quiet; where stderr is no terminal, it prints its log and nothing else",
            },
        };
        if (withSettings)
        {
            AddSettings(verb);
        }

        return verb;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AddSettings(Verb verb)
    {
        Dictionary<string, Option<string?>> options = new(StringComparer.Ordinal)
        {
            [GlobalOptions.Data.Name] = GlobalOptions.Data,
        };
        foreach (CofferSetting setting in CofferSettings.All)
        {
            Add(setting.Flag, $"{Sentence(setting.Meaning)} Default: {setting.Default}. {setting.EnvironmentName}");
            if (setting.IsSecret)
            {
                Add(setting.Flag + "-file", $"A file that holds it. {setting.EnvironmentName}_FILE");
            }
        }

        verb.SetAction((parsed, cancellationToken) => Serve.RunAsync(
            options.ToDictionary(static pair => pair.Key, pair => parsed.GetValue(pair.Value), StringComparer.Ordinal), cancellationToken));

        void Add(string flag, string description)
        {
            if (!options.ContainsKey(flag) && flag != GlobalOptions.Url.Name)
            {
                verb.Options.Add(options[flag] = new Option<string?>(flag) { Description = description, HelpName = "value" });
            }
        }
    }

    private static string Sentence(string meaning) => char.ToUpperInvariant(meaning[0]) + meaning[1..] + ".";
}
