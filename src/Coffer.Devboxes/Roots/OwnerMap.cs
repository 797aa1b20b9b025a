using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Coffer.Devboxes.Roots;

/// <summary>Says by whom the files of the server seem to be owned when a mount shows them in a devbox.</summary>
/// <remarks>
/// The kernel takes such a map from a user namespace alone, and a process of many threads cannot enter one: a child does, for as
/// long as it takes to open the namespace. The child ends with its input, so also when this process is killed.
/// </remarks>
internal static class OwnerMap
{
    /// <summary>A user namespace by which what belongs to root, user and group, belongs to <paramref name="uid"/>.</summary>
    /// <exception cref="IOException">There are no user namespaces here, or none may be made.</exception>
    public static SafeFileHandle To(int uid)
    {
        // Not by its name: that would be looked for in the folder where the server was started, too.
        string unshare = File.Exists("/usr/bin/unshare") ? "/usr/bin/unshare" : "/bin/unshare";
        var start = new ProcessStartInfo(unshare, ["--user", "--", "cat"])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear(); // the server's may hold keys
        start.Environment["PATH"] = "/usr/bin:/bin";
        using Process child = Start(start);
        try
        {
            Ask(child.StandardInput.BaseStream);
            if (child.StandardOutput.BaseStream.ReadByte() < 0)
            {
                throw new IOException($"cannot make a user namespace: {child.StandardError.ReadToEnd().Trim()}");
            }

            string process = string.Create(CultureInfo.InvariantCulture, $"/proc/{child.Id}");
            string map = string.Create(CultureInfo.InvariantCulture, $"0 {uid} 1\n");
            Write($"{process}/uid_map", map);
            Write($"{process}/gid_map", map);
            return FileCalls.Open($"{process}/ns/user");
        }
        catch (UnauthorizedAccessException refused)
        {
            throw new IOException($"cannot map owners: {refused.Message}", refused);
        }
        finally
        {
            child.StandardInput.Close();
            if (!child.WaitForExit(TimeSpan.FromSeconds(2))) child.Kill();
        }
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception missing)
        {
            throw new IOException($"cannot run unshare: {missing.Message}", missing);
        }
    }

    /// <summary>What comes back has been through cat, which runs inside the namespace.</summary>
    private static void Ask(Stream input)
    {
        try
        {
            input.WriteByte((byte)'\n');
            input.Flush();
        }
        catch (IOException)
        {
            // The child has ended already; what it wrote to its errors says why.
        }
    }

    /// <summary>In one write: the kernel takes the whole map or nothing.</summary>
    private static void Write(string path, string map)
    {
        using SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        RandomAccess.Write(file, Encoding.ASCII.GetBytes(map), fileOffset: 0);
    }
}
