using System.Diagnostics;
using System.Globalization;
using Coffer.Devboxes;
using Coffer.Devboxes.Execution;
using Coffer.IntegrationTests.Server;
using Coffer.LocalFiles;
using Microsoft.Extensions.Logging.Abstractions;

namespace Coffer.IntegrationTests.Devboxes;

/// <summary>Folders as devboxes have them, and a sandbox over them, without a server.</summary>
public sealed class Boxes : IAsyncLifetime
{
    /// <summary>In the environment of this process, which plays the server's part.</summary>
    public const string Secret = "COFFER_TEST_SECRET";

    /// <summary>A range of uids for each test process, so that one does not count another's processes.</summary>
    private static int _uid = 1_800_000_000 + (Environment.ProcessId % 10_000 * 1000);
    private Sandbox? _sandbox;
    private Executions? _executions;

    public string Folder { get; } = Directory.CreateTempSubdirectory("coffer-devboxes-").FullName;

    public Executions Executions => _executions!;

    public SandboxOptions Options { get; private set; } = null!;

    /// <summary>Why no command can run in a sandbox on this machine, looked at without the code under test; null when one can.</summary>
    public static string? Missing()
    {
        if (RunCommand.Find("bwrap") is null)
        {
            return "bubblewrap is not installed: apt-get install bubblewrap";
        }

        string[] drop = Environment.IsPrivilegedProcess ? ["--reuid=65534", "--regid=65534", "--clear-groups", "--"] : ["--"];
        using var probe = Process.Start(new ProcessStartInfo("setpriv", [.. drop, "unshare", "--user", "--pid", "--fork", "true"])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
        })!;
        string errors = probe.StandardError.ReadToEnd();
        probe.WaitForExit();
        return probe.ExitCode == 0 ? null : $"user namespaces cannot be made here: {errors.Trim()}";
    }

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(Missing() is not null, Missing() ?? "");
        Environment.SetEnvironmentVariable(Secret, "not for commands");
        Options = new SandboxOptions
        {
            Folder = Folder,
            FirstUid = NextUid(),
            CommandTime = TimeSpan.FromSeconds(60),
            MemoryBytes = 512 << 20,
            Processes = 64,
            MaxFileBytes = 256 << 20,
            MaxBytes = 400 << 20,
            MaxFiles = 5000,
        };
        File.SetUnixFileMode(Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _sandbox = await Sandbox.OpenAsync(Options, NullLogger.Instance, CancellationToken.None);
        _executions = new Executions(_sandbox, TimeProvider.System, NullLogger<Executions>.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        if (_executions is not null)
        {
            await _executions.DisposeAsync();
        }

        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    public RunningDevbox Make(params (string Name, string Value)[] environment)
    {
        int? uid = Environment.IsPrivilegedProcess ? NextUid() : null;
        string id = $"dbx_{Guid.NewGuid():N}";
        string folder = Path.Combine(Folder, id);
        var made = new RunningDevbox(
            id, folder, Path.Combine(folder, "root"), uid, environment.ToDictionary(pair => pair.Name, pair => pair.Value));
        foreach (string path in (string[])["", "home", "home/user", "tmp"])
        {
            MakeFolder(made, path);
        }

        return made;
    }

    public static void MakeFolder(RunningDevbox devbox, string path)
    {
        Directory.CreateDirectory(Path.Combine(devbox.RootPath, path));
        Give(devbox, path);
    }

    public static void Write(RunningDevbox devbox, string path, string text)
    {
        File.WriteAllText(Path.Combine(devbox.RootPath, path), text);
        Give(devbox, path);
    }

    public static uint? OwnerOf(RunningDevbox devbox, string path)
    {
        using var root = RootedDirectory.Open(devbox.RootPath);
        return root.Stat(path, Links.Refuse)?.Uid;
    }

    /// <summary>Runs a command to its end.</summary>
    public async Task<Ran> RunAsync(RunningDevbox devbox, string command)
    {
        CommandExecution execution = await Executions.StartAsync(devbox, new CommandRequest(command));
        await execution.Completed.WaitAsync(TimeSpan.FromSeconds(60));
        return new Ran(execution.ExitStatus!.Value, OutputText.EndOf(execution.Output, null).Text, OutputText.EndOf(execution.Errors, null).Text);
    }

    /// <summary>Ids of this machine's processes that belong to the devbox.</summary>
    public static int[] ProcessesOf(RunningDevbox devbox)
    {
        string uid = string.Create(CultureInfo.InvariantCulture, $"\nUid:\t{devbox.HostUid}\t");
        List<int> found = [];
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            try
            {
                if (int.TryParse(Path.GetFileName(folder), out int id) && File.ReadAllText($"{folder}/status") is var status
                    && status.Contains(uid, StringComparison.Ordinal) && !status.Contains("State:\tZ", StringComparison.Ordinal))
                {
                    found.Add(id);
                }
            }
            catch (IOException)
            {
                // It ended meanwhile.
            }
        }

        return [.. found];
    }

    public static int NextUid() => Interlocked.Increment(ref _uid);

    private static void Give(RunningDevbox devbox, string path)
    {
        if (devbox.HostUid is { } uid && path.Length > 0)
        {
            using var root = RootedDirectory.Open(devbox.RootPath);
            root.SetOwner(path, uid, uid);
        }
    }
}

public sealed record Ran(int Exit, string Output, string Errors)
{
    /// <summary>The output of a command that must succeed.</summary>
    public string Text => Exit == 0 ? Output : throw new InvalidOperationException($"exit {Exit}: {Output}{Errors}");
}
