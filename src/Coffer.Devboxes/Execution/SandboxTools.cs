namespace Coffer.Devboxes.Execution;

/// <summary>The programs through which a command is started, by absolute path.</summary>
/// <param name="Bwrap">bubblewrap.</param>
/// <param name="SetPriv">Drops the uid and asks for the end together with the server (util-linux).</param>
/// <param name="PrLimit">Sets the limits of a process (util-linux).</param>
/// <param name="Unshare">Gives the start a mount table of its own (util-linux); needed by root only, as <paramref name="Mount"/>.</param>
internal sealed record SandboxTools(string Bwrap, string SetPriv, string PrLimit, string Unshare, string Mount, string Shell)
{
    private static readonly string[] Folders = ["/usr/bin", "/bin", "/usr/sbin", "/sbin"];

    /// <exception cref="SandboxException">One is missing.</exception>
    public static SandboxTools Find() => new(
        Find("bwrap", "bubblewrap"), Find("setpriv", "util-linux"), Find("prlimit", "util-linux"), Find("unshare", "util-linux"),
        Find("mount", "mount"), Find("sh", "dash"));

    /// <remarks>Not along PATH: that is the environment's, and this runs as the server.</remarks>
    private static string Find(string name, string package) =>
        Folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists)
        ?? throw new SandboxException(
            $"COFFER_DEVBOX_EXEC is bubblewrap, but {name} is not installed: install the package {package}, or set it to off");
}
