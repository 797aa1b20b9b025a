using System.CommandLine;

namespace Coffer.Cli.Verbs;

/// <summary><c>coffer archive …</c>: what archives hold, without fetching them.</summary>
internal static class ArchiveVerb
{
    public static Command Command() => new("archive", "Look into a stored tar or tar.gz, and take single files out of it.")
    {
        ArchiveLs.Command(), ArchiveGet.Command(),
    };
}
