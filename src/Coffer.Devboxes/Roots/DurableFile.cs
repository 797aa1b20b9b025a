using Coffer.LocalFiles;
using Microsoft.Win32.SafeHandles;

namespace Coffer.Devboxes.Roots;

/// <summary>Writes a small file that is there whole after a power cut, or not at all.</summary>
internal static class DurableFile
{
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        string staged = $"{path}.new";
        using (SafeFileHandle file = File.OpenHandle(staged, FileMode.Create, FileAccess.Write))
        {
            RandomAccess.Write(file, content, fileOffset: 0);
            FileSync.Flush(file);
        }

        DirectorySync.Rename(staged, path);
        DirectorySync.Flush(Path.GetDirectoryName(path)!);
    }
}
