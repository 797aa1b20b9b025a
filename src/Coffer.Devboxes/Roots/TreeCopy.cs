using System.Buffers;
using Coffer.LocalFiles;
using Microsoft.Win32.SafeHandles;

namespace Coffer.Devboxes.Roots;

/// <summary>
/// Copies an extracted tree into a directory of a devbox, file by file; of what is there, only files of the same names go.
/// </summary>
/// <param name="owner">The user and group of the copies; null leaves them to this process.</param>
/// <param name="clones">Whether to let the file system share the bytes until either copy is written.</param>
internal sealed class TreeCopy(int? owner, bool clones)
{
    private const int BufferBytes = 128 * 1024;
    private const UnixFileMode Ours = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode Kept = ~(UnixFileMode.SetUser | UnixFileMode.SetGroup);

    // Where a file of several names was copied to, by its inode.
    private readonly Dictionary<ulong, string> _copied = [];
    private readonly List<(string Path, FileFacts Facts)> _directories = [];

    /// <exception cref="RootedPathException">A file of the tree meets a directory, or the target has changed
    /// meanwhile.</exception>
    /// <exception cref="UnauthorizedAccessException">The tree has what its owner may not read, who is not root.</exception>
    public void Run(string tree, RootedDirectory target, CancellationToken cancellationToken)
    {
        using RootedDirectory source = RootedDirectory.Open(tree);
        var open = new Stack<string>([""]);
        while (open.TryPop(out string? path))
        {
            using RootedDirectory? fromBelow = path.Length == 0 ? null : source.OpenDirectory(path, Links.Refuse);
            using RootedDirectory? toBelow = path.Length == 0 ? null : target.OpenDirectory(path, Links.Refuse);
            SafeFileHandle from = (fromBelow ?? source).Handle;
            SafeFileHandle to = (toBelow ?? target).Handle;
            foreach (string name in NamesIn(from))
            {
                cancellationToken.ThrowIfCancellationRequested();
                string below = path.Length == 0 ? name : $"{path}/{name}";
                FileFacts facts = FileCalls.StatIn(from, name) ?? throw new IOException($"{name} of a shared tree is gone");
                if (facts.IsDirectory)
                {
                    MakeDirectory(to, name);
                    _directories.Add((below, facts));
                    open.Push(below);
                }
                else if (facts.IsLink)
                {
                    Clear(to, name);
                    FileCalls.MakeLinkIn(to, name, FileCalls.ReadLinkIn(from, name));
                    if (owner is { } uid) FileCalls.SetOwnerIn(to, name, uid);
                    FileCalls.SetTimeIn(to, name, facts.Changed);
                }
                else if (facts.IsFile)
                {
                    Clear(to, name);
                    if (facts.Names > 1 && !_copied.TryAdd(facts.Inode, below))
                    {
                        target.MakeHardLink(_copied[facts.Inode], below);
                        continue;
                    }

                    CopyFile(from, to, name, facts);
                }
            }
        }

        // Last, and the innermost first: making names changes the time of their directory, and may not be allowed by its mode.
        for (int i = _directories.Count - 1; i >= 0; i--)
        {
            (string path, FileFacts facts) = _directories[i];
            int slash = path.LastIndexOf('/');
            using RootedDirectory? above = slash < 0 ? null : target.OpenDirectory(path[..slash], Links.Refuse);
            Finish((above ?? target).Handle, path[(slash + 1)..], facts);
        }
    }

    public static bool IsEmpty(SafeFileHandle directory) => !NamesIn(directory).Any();

    private static IEnumerable<string> NamesIn(SafeFileHandle directory) =>
        Directory.EnumerateFileSystemEntries($"/proc/self/fd/{directory.DangerousGetHandle()}")
            .Select(path => Path.GetFileName(path));

    private void CopyFile(SafeFileHandle from, SafeFileHandle to, string name, FileFacts facts)
    {
        using SafeFileHandle source = FileCalls.OpenIn(from, name);
        using SafeFileHandle copy = FileCalls.CreateIn(to, name);
        if (facts.SizeBytes > 0 && !(clones && FileCalls.TryClone(source, copy))) CopyBytes(source, copy, facts.SizeBytes);
        if (owner is { } uid) FileCalls.SetOwner(copy, uid);
        FileCalls.SetMode(copy, facts.Mode & Kept);
        FileCalls.SetTimeIn(to, name, facts.Changed);
    }

    /// <summary>Zeros are left out, so that a file with holes does not grow to its full size.</summary>
    private static void CopyBytes(SafeFileHandle from, SafeFileHandle to, long sizeBytes)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            long offset = 0;
            while (RandomAccess.Read(from, buffer.AsSpan(0, BufferBytes), offset) is var read and > 0)
            {
                ReadOnlySpan<byte> bytes = buffer.AsSpan(0, read);
                if (bytes.ContainsAnyExcept((byte)0)) RandomAccess.Write(to, bytes, offset);
                offset += read;
            }

            if (offset != sizeBytes) throw new IOException($"a shared file has {offset} bytes instead of {sizeBytes}");
            RandomAccess.SetLength(to, sizeBytes);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static void MakeDirectory(SafeFileHandle to, string name)
    {
        FileFacts? there = FileCalls.StatIn(to, name);
        if (there is { IsDirectory: true })
        {
            FileCalls.SetModeIn(to, name, there.Value.Mode | Ours);
            return;
        }

        if (there is not null) FileCalls.RemoveFileIn(to, name);
        FileCalls.MakeDirectoryIn(to, name, Ours);
    }

    private void Finish(SafeFileHandle parent, string name, FileFacts facts)
    {
        if (owner is { } uid) FileCalls.SetOwnerIn(parent, name, uid);
        FileCalls.SetModeIn(parent, name, facts.Mode & Kept);
        FileCalls.SetTimeIn(parent, name, facts.Changed);
    }

    private static void Clear(SafeFileHandle directory, string name)
    {
        switch (FileCalls.StatIn(directory, name))
        {
            case null:
                return;
            case { IsDirectory: true }:
                throw new RootedPathException(RootedPathReason.IsDirectory, $"{name} is a directory already");
            default:
                FileCalls.RemoveFileIn(directory, name);
                return;
        }
    }
}
