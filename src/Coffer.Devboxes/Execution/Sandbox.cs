using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.IO.Pipes;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace Coffer.Devboxes.Execution;

/// <summary>Runs commands by bubblewrap: as nobody, without network, with the devbox's files and no others.</summary>
/// <remarks>
/// A start is a chain of programs, each replacing the one before, so that it stays one process, whose parent is the server:
/// <c>unshare</c> gives it its own mount table, <c>sh</c> makes it the first that a kernel short of memory ends, joins the devbox's
/// cgroup and binds the devbox's root on /tmp (the folders above it are the server's alone, and the devbox's uid could not pass them),
/// <c>setpriv</c> drops to the devbox's uid, <c>prlimit</c> sets limits, <c>bwrap</c> does the rest. A server that is not root starts at
/// setpriv, and its devboxes share its uid.
/// </remarks>
public sealed class Sandbox : IDisposable
{
    /// <summary>Longest text that the kernel takes as one argument of a program, without the NUL behind it.</summary>
    internal const int MaxCommandBytes = (128 << 10) - 1;

    private const string Prepare = """
        echo 1000 > /proc/self/oom_score_adj
        if [ -n "$1" ]; then echo $$ > "$1/cgroup.procs" || exit 1; fi
        if [ -n "$2" ]; then mount --rbind -- "$2" /tmp || exit 1; fi
        shift 2
        exec "$@"
        """;

    private const string BoundRoot = "/tmp";

    // What one start makes inheritable no other may mark again, nor inherit.
    private static readonly Lock Starting = new();

    private readonly LaunchThread _thread = new();
    private readonly SandboxTools _tools;
    private readonly SandboxOptions _options;
    private readonly byte[] _filter;
    private readonly bool _dropsUid;

    private Sandbox(SandboxTools tools, SandboxOptions options, SystemCalls calls, Cgroups? cgroups)
    {
        _tools = tools;
        _options = options;
        _dropsUid = Environment.IsPrivilegedProcess;
        _filter = SeccompFilter.Build(calls, countsAllMemory: cgroups is not null);
        Cgroups = cgroups;
    }

    internal SandboxOptions Options => _options;

    /// <summary>Bounds whole devboxes by the kernel; null where none can be made and a supervisor does it.</summary>
    internal Cgroups? Cgroups { get; }

    /// <summary>Whether each devbox has a host uid of its own.</summary>
    internal bool DropsUid => _dropsUid;

    /// <summary>Looks whether everything that a sandbox needs works here, by running a command in one.</summary>
    /// <exception cref="SandboxException">It does not.</exception>
    public static async Task<Sandbox> OpenAsync(SandboxOptions options, ILogger logger, CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new SandboxException("COFFER_DEVBOX_EXEC is bubblewrap, which only Linux has: set it to off");
        }

        SystemCalls calls = SystemCalls.Of(RuntimeInformation.OSArchitecture) ?? throw new SandboxException(
            $"COFFER_DEVBOX_EXEC is bubblewrap, but there is no system call filter for {RuntimeInformation.OSArchitecture}: set it to off");
        SandboxTools tools = SandboxTools.Find();
        Cgroups? cgroups = Cgroups.TryOpen(out string why);
        var sandbox = new Sandbox(tools, options, calls, cgroups);
        try
        {
            string version = await SandboxTrial.RunAsync(sandbox, tools, cancellationToken);
            Log.SandboxWorks(
                logger, version, sandbox._dropsUid ? "each devbox has a host uid of its own" : "devboxes share the server's uid",
                cgroups is null ? $"a supervisor, because {why}" : "cgroups");
            if (!sandbox._dropsUid)
            {
                Log.UidShared(logger);
            }

            return sandbox;
        }
        catch
        {
            sandbox.Dispose();
            throw;
        }
    }

    /// <summary>Starts a shell command; its standard input is empty.</summary>
    /// <exception cref="StoreException">InvalidArgument when no program can be given such a command.</exception>
    internal Task<SandboxedCommand> StartAsync(RunningDevbox devbox, string command) => _thread.RunAsync(() =>
    {
        string? cgroup = Cgroups?.FolderOf(devbox.Id, _options);
        lock (Starting)
        {
            Descriptors.KeepAllBack();
            var news = new AnonymousPipeServerStream(PipeDirection.In, HandleInheritability.Inheritable);
            try
            {
                using var view = new SandboxView(devbox, _dropsUid ? BoundRoot : devbox.RootPath, news.ClientSafePipeHandle, _options, _filter);
                Process process = Process.Start(StartOf(devbox, cgroup, view.Arguments, command))!;
                process.StandardInput.Close();
                news.DisposeLocalCopyOfClientHandle();
                return new SandboxedCommand(process, news);
            }
            catch (Exception failed)
            {
                news.Dispose();
                if (failed is not Win32Exception refused)
                {
                    throw;
                }

                throw new StoreException(StoreErrorCode.Busy, $"the command could not be started: {refused.Message}", refused);
            }
        }
    });

    public void Dispose() => _thread.Dispose();

    private ProcessStartInfo StartOf(RunningDevbox devbox, string? cgroup, int arguments, string command)
    {
        List<string> chain = [];
        if (_dropsUid)
        {
            chain.AddRange([_tools.Unshare, "--mount", "--propagation", "slave", "--"]);
        }

        chain.AddRange([_tools.Shell, "-c", Prepare, "sh", cgroup ?? "", _dropsUid ? devbox.RootPath : ""]);
        chain.AddRange([_tools.SetPriv, "--pdeathsig", "KILL", "--no-new-privs"]);
        if (_dropsUid)
        {
            string uid = Text(devbox.HostUid ?? throw new InvalidOperationException($"devbox {devbox.Id} has no host uid"));
            chain.AddRange(["--reuid", uid, "--regid", uid, "--clear-groups"]);
        }

        string processes = $"--nproc={_options.Processes}:{_options.Processes}";
        chain.AddRange(["--", _tools.PrLimit, .. Limits()]);
        if (_dropsUid)
        {
            chain.Add(processes); // counts what the uid runs, so all commands of the devbox together
        }

        chain.AddRange(["--", _tools.Bwrap, "--args", Text(arguments), "--"]);
        if (!_dropsUid)
        {
            // Set outside it would count the server and whatever else its user runs; inside it counts from zero.
            chain.AddRange([_tools.PrLimit, processes, "--"]);
        }

        chain.AddRange([File.Exists("/usr/bin/bash") ? "/usr/bin/bash" : "/bin/sh", "-c", command]);
        var start = new ProcessStartInfo(chain[0], chain[1..])
        {
            WorkingDirectory = "/",
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear(); // the first process inside is bwrap's own, with the environment it was started with
        start.Environment["PATH"] = "/usr/bin:/bin:/usr/sbin:/sbin";
        return start;
    }

    private IEnumerable<string> Limits()
    {
        yield return $"--as={Text(_options.AddressSpaceBytes)}";
        yield return $"--data={Text(_options.MemoryBytes)}";
        yield return $"--cpu={Text((long)_options.CommandTime.TotalSeconds)}";
        yield return $"--fsize={Text(_options.MaxFileBytes)}";
        yield return $"--nofile={_options.OpenFiles}";
        yield return "--core=0";
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
