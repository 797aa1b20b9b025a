using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Coffer.LocalFiles;

namespace Coffer.Devboxes.Execution;

/// <summary>Runs a command in a sandbox before the server serves, and looks from inside whether the sandbox holds.</summary>
internal static partial class SandboxTrial
{
    private const int EarliestMajor = 0;
    private const int EarliestMinor = 8; // has --disable-userns
    private const UnixFileMode OwnFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Writes its own status, then tries what must not work, each in a line when it does.</summary>
    private const string Command = """
        cat /proc/self/status || exit 1
        touch /home/user/made || exit 1
        touch /made 2>/dev/null && echo 'Fault: / can be written'
        { cat /proc/sys/kernel/panic > /proc/sys/kernel/panic; } 2>/dev/null && echo 'Fault: /proc/sys can be written'
        unshare --user true 2>/dev/null && echo 'Fault: user namespaces can be made'
        exit 0
        """;

    /// <returns>bubblewrap's version.</returns>
    /// <exception cref="SandboxException">It does not hold, or does not work.</exception>
    public static async Task<string> RunAsync(Sandbox sandbox, SandboxTools tools, CancellationToken cancellationToken)
    {
        string version = await VersionAsync(tools.Bwrap, cancellationToken);
        string folder = Path.Combine(sandbox.Options.Folder, $".trial-{Guid.NewGuid():N}");
        try
        {
            (int exit, string output, string errors) = await RunAsync(sandbox, folder, cancellationToken);
            if (exit != 0)
            {
                throw Refusal(errors);
            }

            Check(output, sandbox, folder);
            return version;
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or StoreException or PlatformNotSupportedException)
        {
            throw new SandboxException($"COFFER_DEVBOX_EXEC is bubblewrap, but no command can be tried: {failed.Message}", failed);
        }
        finally
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }

            sandbox.Cgroups?.Remove("trial");
        }
    }

    private static async Task<(int Exit, string Output, string Errors)> RunAsync(
        Sandbox sandbox, string folder, CancellationToken cancellationToken)
    {
        int? uid = sandbox.DropsUid ? sandbox.Options.FirstUid : null;
        string root = Path.Combine(folder, "root");
        Directory.CreateDirectory(root);
        using (var files = RootedDirectory.Open(root))
        {
            files.MakeDirectories("home/user", OwnFolder, Links.Refuse, uid);
            files.MakeDirectories("tmp", OwnFolder, Links.Refuse, uid);
        }

        using SandboxedCommand command = await sandbox.StartAsync(
            new RunningDevbox("trial", folder, root, uid, new Dictionary<string, string>()), Command);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        await using CancellationTokenRegistration late = patience.Token.Register(command.Kill);
        Task<string> output = ReadAsync(command.Output);
        Task<string> errors = ReadAsync(command.Errors);
        int exit = await command.WaitAsync();
        return (exit, await output, await errors);
    }

    private static void Check(string output, Sandbox sandbox, string folder)
    {
        foreach (string line in output.Split('\n').Where(line => line.StartsWith("Fault: ", StringComparison.Ordinal)))
        {
            throw Leaks(line["Fault: ".Length..]);
        }

        Require("CapEff", static value => ulong.Parse(value, NumberStyles.HexNumber, CultureInfo.InvariantCulture) == 0);
        Require("NoNewPrivs", static value => value == "1");
        Require("Seccomp", static value => value == "2");
        using var files = RootedDirectory.Open(Path.Combine(folder, "root"));
        if (sandbox.DropsUid && files.Stat("home/user/made", Links.Refuse)?.Uid != sandbox.Options.FirstUid)
        {
            throw Leaks("files do not belong to the devbox's uid");
        }

        void Require(string name, Func<string, bool> holds)
        {
            string? value = output.Split('\n').FirstOrDefault(line => line.StartsWith(name + ":", StringComparison.Ordinal))?[(name.Length + 1)..].Trim();
            if (value is null || !holds(value))
            {
                throw Leaks($"{name} is {value ?? "unknown"}");
            }
        }
    }

    private static SandboxException Leaks(string how) =>
        new($"COFFER_DEVBOX_EXEC is bubblewrap, but the sandbox does not hold here ({how}): set it to off");

    private static SandboxException Refusal(string errors)
    {
        string line = errors.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).FirstOrDefault()
            ?? "the command was ended";
        return new SandboxException(NamespaceWords().IsMatch(line)
            ? $"COFFER_DEVBOX_EXEC is bubblewrap, but no user namespace can be made here ({line}): allow them to others than root (sysctl "
                + "user.max_user_namespaces, kernel.unprivileged_userns_clone, kernel.apparmor_restrict_unprivileged_userns; in a container "
                + "its seccomp and AppArmor profiles), or set it to off"
            : $"COFFER_DEVBOX_EXEC is bubblewrap, but the sandbox does not start here ({line}): set it to off");
    }

    private static async Task<string> VersionAsync(string bwrap, CancellationToken cancellationToken)
    {
        string text;
        try
        {
            using var process = System.Diagnostics.Process.Start(
                new System.Diagnostics.ProcessStartInfo(bwrap, ["--version"]) { RedirectStandardOutput = true, UseShellExecute = false })!;
            text = await process.StandardOutput.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (System.ComponentModel.Win32Exception broken)
        {
            throw new SandboxException($"COFFER_DEVBOX_EXEC is bubblewrap, but {bwrap} does not start: {broken.Message}", broken);
        }

        Match version = VersionNumber().Match(text);
        return version.Success && (int.Parse(version.Groups["major"].ValueSpan, CultureInfo.InvariantCulture),
            int.Parse(version.Groups["minor"].ValueSpan, CultureInfo.InvariantCulture)).CompareTo((EarliestMajor, EarliestMinor)) >= 0
            ? text.Trim()
            : throw new SandboxException(
                $"COFFER_DEVBOX_EXEC is bubblewrap, but {bwrap} is \"{text.Trim()}\" and 0.8 is needed: install a newer one, or set it to off");
    }

    private static async Task<string> ReadAsync(Stream stream)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return await reader.ReadToEndAsync();
    }

    [GeneratedRegex("namespace|uid map|setgroups|unshare|Operation not permitted", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase, 1000)]
    private static partial Regex NamespaceWords();

    [GeneratedRegex(@"(?<major>\d+)\.(?<minor>\d+)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex VersionNumber();
}
