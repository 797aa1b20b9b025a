using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Coffer.Devboxes.Execution;

/// <summary>What a command sees: the arguments of bubblewrap for one devbox.</summary>
/// <remarks>
/// <para>
/// The host's programs (<c>/usr</c> without <c>/usr/local</c>, and the links to it at the top) are there to read. Beside them each
/// entry at the top of the devbox's root is bound where it is, so that a path means the same to a command and to a file call. The top
/// itself is read-only: nothing below it can be exchanged for a link while it is being bound.
/// </para>
/// <para>
/// Names that are the system's are not the devbox's: of its <c>/usr</c> only <c>/usr/local</c> shows, of its <c>/etc</c> what the
/// sandbox has no file of its own for, of <c>/bin</c>, <c>/sbin</c>, <c>/lib…</c>, <c>/proc</c>, <c>/dev</c> and <c>/sys</c> nothing.
/// File calls reach what was put there; commands do not.
/// </para>
/// </remarks>
internal sealed class SandboxView : IDisposable
{
    private const int InnerId = 1000;
    private const int MostEntries = 1000; // bubblewrap takes 9000 arguments

    private static readonly HashSet<string> SystemNames =
        new(StringComparer.Ordinal) { "usr", "etc", "bin", "sbin", "lib", "lib32", "lib64", "libx32", "proc", "dev", "sys" };

    private static readonly string[] ProgramFolders = ["bin", "sbin", "lib", "lib32", "lib64", "libx32"];

    /// <summary>Of the host's /etc: links to programs, and where libraries are. Neither tells anything about the host's users.</summary>
    private static readonly string[] HostEtc = ["alternatives", "ld.so.cache"];

    private static readonly (string Name, string Text)[] Etc =
    [
        ("passwd", "root:x:0:0:root:/root:/usr/sbin/nologin\nuser:x:1000:1000:user:/home/user:/bin/sh\nnobody:x:65534:65534:nobody:/:/usr/sbin/nologin\n"),
        ("group", "root:x:0:\nuser:x:1000:\nnogroup:x:65534:\n"),
        ("hosts", "127.0.0.1 localhost devbox\n::1 localhost\n"),
        ("resolv.conf", ""),
    ];

    private readonly List<SafeFileHandle> _files = [];
    private readonly StringBuilder _arguments = new();
    private int _entries;

    /// <param name="from">Where bubblewrap finds the devbox's root, which is not where the server does when the root was bound first.</param>
    /// <param name="news">Inherited; bubblewrap writes there which process is the first in the sandbox, and closes it.</param>
    public SandboxView(RunningDevbox devbox, string from, SafePipeHandle news, SandboxOptions options, byte[] filter)
    {
        try
        {
            AddIsolation(filter);
            Add("--info-fd", Text(news.DangerousGetHandle()));
            AddPrograms(devbox, from);
            AddEtc(devbox, from);
            Add("--proc", "/proc", "--ro-bind", "/proc/sys", "/proc/sys");
            Add("--dev", "/dev", "--perms", "1777", "--size", Text(options.SharedMemoryBytes), "--tmpfs", "/dev/shm", "--remount-ro", "/dev");
            AddEntries(devbox.RootPath, from, "", SystemNames);
            Add("--remount-ro", "/");
            AddEnvironment(devbox.Environment);
            Add("--chdir", "/home/user");
            Arguments = Keep(Encoding.UTF8.GetBytes(_arguments.ToString()));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The descriptor from which bubblewrap reads its arguments, so that they are in nobody's list of processes.</summary>
    public int Arguments { get; }

    public void Dispose() => _files.ForEach(static file => file.Dispose());

    private void AddIsolation(byte[] filter)
    {
        Add("--unshare-user", "--unshare-all", "--disable-userns", "--cap-drop", "ALL", "--new-session", "--die-with-parent", "--clearenv");
        Add("--uid", Text(InnerId), "--gid", Text(InnerId), "--hostname", "devbox");
        Add("--seccomp", Text(Keep(filter)));
    }

    private void AddPrograms(RunningDevbox devbox, string from)
    {
        Add("--ro-bind", "/usr", "/usr");
        if (Directory.Exists("/usr/local"))
        {
            if (IsFolder(Path.Combine(devbox.RootPath, "usr")) && IsFolder(Path.Combine(devbox.RootPath, "usr/local")))
            {
                Add("--bind", $"{from}/usr/local", "/usr/local");
            }
            else
            {
                Add("--size", "4096", "--tmpfs", "/usr/local", "--remount-ro", "/usr/local");
            }
        }

        foreach (string name in ProgramFolders)
        {
            var host = new DirectoryInfo($"/{name}");
            if (host.LinkTarget is { } target)
            {
                Add("--symlink", target, $"/{name}");
            }
            else if (host.Exists)
            {
                Add("--ro-bind", $"/{name}", $"/{name}");
            }
        }
    }

    private void AddEtc(RunningDevbox devbox, string from)
    {
        Add("--dir", "/etc");
        foreach ((string name, string text) in Etc)
        {
            Add("--perms", "0444", "--file", Text(Keep(Encoding.UTF8.GetBytes(text))), $"/etc/{name}");
        }

        foreach (string name in HostEtc)
        {
            Add("--ro-bind-try", $"/etc/{name}", $"/etc/{name}");
        }

        string own = Path.Combine(devbox.RootPath, "etc");
        if (IsFolder(own))
        {
            AddEntries(own, $"{from}/etc", "/etc", [.. Etc.Select(file => file.Name), .. HostEtc]);
        }
    }

    /// <summary>Shows what is in a folder that commands cannot change, entry by entry. A link is made anew: binding it would follow it.</summary>
    private void AddEntries(string folder, string from, string at, HashSet<string> except)
    {
        foreach (FileSystemInfo entry in new DirectoryInfo(folder).EnumerateFileSystemInfos().Where(entry => !except.Contains(entry.Name)))
        {
            if (++_entries > MostEntries)
            {
                throw new StoreException(StoreErrorCode.InvalidArgument, $"the devbox has more than {MostEntries} entries at its top: mount below a folder to run commands");
            }

            if (entry.LinkTarget is { } target)
            {
                Add("--symlink", target, $"{at}/{entry.Name}");
            }
            else
            {
                Add("--bind-try", $"{from}/{entry.Name}", $"{at}/{entry.Name}"); // one whose name is no text cannot be named here
            }
        }
    }

    private void AddEnvironment(IReadOnlyDictionary<string, string> given)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["HOME"] = "/home/user",
            ["USER"] = "user",
            ["PATH"] = "/usr/local/bin:/usr/bin:/bin",
            ["LANG"] = "C.UTF-8",
        };
        foreach ((string name, string value) in given)
        {
            environment[name] = value;
        }

        foreach ((string name, string value) in environment)
        {
            Add("--setenv", name, value);
        }
    }

    private static bool IsFolder(string path) => new DirectoryInfo(path) is { Exists: true, LinkTarget: null };

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private int Keep(ReadOnlySpan<byte> bytes)
    {
        SafeFileHandle file = Descriptors.Inherited(bytes);
        _files.Add(file);
        return (int)file.DangerousGetHandle();
    }

    /// <remarks>They are parted by NUL, which an argument therefore cannot hold; who gives a value has looked.</remarks>
    private void Add(params ReadOnlySpan<string> arguments)
    {
        foreach (string argument in arguments)
        {
            if (argument.Contains('\0', StringComparison.Ordinal))
            {
                throw new StoreException(StoreErrorCode.InvalidArgument, "a variable of the devbox holds a NUL");
            }

            _arguments.Append(argument).Append('\0');
        }
    }
}
