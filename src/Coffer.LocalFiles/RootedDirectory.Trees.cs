using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Coffer.LocalFiles;

/// <summary>What takes whole trees: removing and counting. Both meet names of any bytes, and any depth.</summary>
public sealed partial class RootedDirectory
{
    private const int DeepestDescent = 64; // a descriptor each; what is deeper is dealt with from the top

    /// <summary>Removes a directory with everything in it, or a file. One that is absent is no error.</summary>
    /// <remarks>Links are removed, never followed. Other file systems mounted in it are refused as Other, with what holds them.</remarks>
    /// <exception cref="RootedPathException">Something in it cannot be removed.</exception>
    public void RemoveTree(string path)
    {
        SafeFileHandle parent;
        byte[] name;
        try
        {
            parent = Parent(path, Links.Refuse, out name);
        }
        catch (RootedPathException absent) when (absent.Reason == RootedPathReason.Missing)
        {
            return;
        }

        using (parent)
        {
            int error = LinuxFiles.RemoveFile(parent, name);
            if (error == LinuxFiles.IsDirectory)
            {
                using SafeFileHandle top = OpenToEmpty(parent, name, path);
                int moved = 0;
                Empty(top, top, 0, path, ref moved);
                error = LinuxFiles.RemoveDirectory(parent, name);
            }

            ThrowIf(error == LinuxFiles.NoEntry ? 0 : error, path);
        }
    }

    /// <summary>Counts what the directory holds: bytes on the disk, and files, directories and links.</summary>
    /// <remarks>Commands may change it meanwhile: what vanishes is not counted. The bytes of a file of several names count once.</remarks>
    /// <param name="atMost">Counting stops once it passes this. Directories nested deeper than 256, and those that may not be read, pass every limit: nothing hides there.</param>
    public TreeSize Measure(TreeSize atMost)
    {
        var sum = new TreeSize(0, 0);
        int error = LinuxFiles.OpenDirectory(Handle, ".\0"u8, out SafeFileHandle top);
        ThrowIf(error, ".");
        Count(top, 0, atMost, [], ref sum);
        return sum;
    }

    private static void Count(SafeFileHandle directory, int depth, TreeSize atMost, HashSet<long> linked, ref TreeSize sum)
    {
        using (directory)
        {
            List<Found> entries;
            try
            {
                entries = Entries(directory, ".");
            }
            catch (RootedPathException refused) when (depth > 0 && refused.Reason == RootedPathReason.Denied)
            {
                sum = new TreeSize(long.MaxValue, long.MaxValue); // it can be read, and not be entered
                return;
            }

            foreach (Found found in entries)
            {
                if (sum.Bytes > atMost.Bytes || sum.Files > atMost.Files)
                {
                    return;
                }

                using SafeFileHandle entry = OpenEntry(directory, found.Name);
                if (entry.IsInvalid || LinuxFiles.Stat(entry, out RootedEntry? met) != 0)
                {
                    continue;
                }

                bool isCounted = met!.Kind == RootedKind.File && met.Names > 1 && !linked.Add(met.Inode);
                sum = new TreeSize(sum.Bytes + (isCounted ? 0 : met.AllocatedBytes), sum.Files + 1);
                if (met.Kind != RootedKind.Directory)
                {
                    continue;
                }

                if (depth >= 256)
                {
                    sum = new TreeSize(long.MaxValue, long.MaxValue);
                }
                else if (LinuxFiles.OpenDirectory(directory, found.Name, out SafeFileHandle below) is var refused && refused == 0)
                {
                    Count(below, depth + 1, atMost, linked, ref sum);
                }
                else if (refused == LinuxFiles.NoAccess)
                {
                    sum = new TreeSize(long.MaxValue, long.MaxValue);
                }
            }
        }
    }

    private static SafeFileHandle OpenEntry(SafeFileHandle directory, byte[] name)
    {
        _ = LinuxFiles.OpenPath(directory, name, out SafeFileHandle entry);
        return entry;
    }

    private static void Empty(SafeFileHandle directory, SafeFileHandle top, int depth, string path, ref int moved)
    {
        // A look finds what was there when it began, and what is moved to the top may come after it: look until nothing is left.
        for (bool any = true; any;)
        {
            any = false;
            foreach (Found found in Entries(directory, path))
            {
                any = true;
                int error = found.IsDirectory ? LinuxFiles.IsDirectory : LinuxFiles.RemoveFile(directory, found.Name);
                if (error == LinuxFiles.IsDirectory)
                {
                    error = RemoveDirectory(directory, found.Name, top, depth, path, ref moved);
                }

                ThrowIf(error == LinuxFiles.NoEntry ? 0 : error, path);
            }
        }
    }

    private static int RemoveDirectory(SafeFileHandle parent, byte[] name, SafeFileHandle top, int depth, string path, ref int moved)
    {
        int error = LinuxFiles.RemoveDirectory(parent, name);
        if (error is not (LinuxFiles.NotEmpty or LinuxFiles.Exists or LinuxFiles.NoAccess or LinuxFiles.NotPermitted))
        {
            return error;
        }

        using SafeFileHandle directory = OpenToEmpty(parent, name, path);
        if (depth >= DeepestDescent)
        {
            byte[] other;
            do
            {
                other = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $".removed-{++moved}\0"));
                error = LinuxFiles.Rename(parent, name, top, other);
            }
            while (error is LinuxFiles.NotEmpty or LinuxFiles.Exists or LinuxFiles.NotDirectory);
            return error;
        }

        Empty(directory, top, depth + 1, path, ref moved);
        return LinuxFiles.RemoveDirectory(parent, name);
    }

    /// <summary>A command may have taken every right from its own directories; this process owns them, or is root.</summary>
    private static SafeFileHandle OpenToEmpty(SafeFileHandle parent, byte[] name, string path)
    {
        ThrowIf(LinuxFiles.OpenPath(parent, name, out SafeFileHandle itself), path);
        using (itself)
        {
            ThrowIf(LinuxFiles.Stat(itself, out RootedEntry? found), path);
            const UnixFileMode Full = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
            if (found!.Kind == RootedKind.Directory && (found.Mode & Full) != Full)
            {
                ThrowIf(LinuxFiles.SetMode(itself, (uint)Full), path);
            }
        }

        ThrowIf(LinuxFiles.OpenDirectory(parent, name, out SafeFileHandle opened), path);
        return opened;
    }

    /// <summary>The entries of a directory but for itself and the one above.</summary>
    private static List<Found> Entries(SafeFileHandle directory, string path)
    {
        var found = new List<Found>();
        byte[] buffer = new byte[32 * 1024];
        ThrowIf(LinuxFiles.OpenDirectory(directory, ".\0"u8, out SafeFileHandle again), path);
        using (again)
        {
            for (int read; (read = LinuxFiles.ReadEntries(again, buffer)) != 0;)
            {
                ThrowIf(Math.Max(0, -read), path);
                for (int at = 0; at < read;)
                {
                    // struct linux_dirent64: inode 8, offset 8, length 2, type 1, name with its NUL
                    int length = BinaryPrimitives.ReadUInt16LittleEndian(buffer.AsSpan(at + 16));
                    ReadOnlySpan<byte> name = buffer.AsSpan(at + 19, length - 19);
                    name = name[..(name.IndexOf((byte)0) + 1)];
                    if (!name.SequenceEqual(".\0"u8) && !name.SequenceEqual("..\0"u8))
                    {
                        found.Add(new Found(name.ToArray(), buffer[at + 18] == 4));
                    }

                    at += length;
                }
            }
        }

        return found;
    }

    private sealed record Found(byte[] Name, bool IsDirectory);
}

/// <summary>What a tree takes.</summary>
/// <param name="Files">Files, directories, links and whatever else takes an inode.</param>
public readonly record struct TreeSize(long Bytes, long Files);
