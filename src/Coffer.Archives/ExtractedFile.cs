using Microsoft.Win32.SafeHandles;

namespace Coffer.Archives;

/// <summary>A new file that is being written.</summary>
internal sealed class ExtractedFile(SafeFileHandle file) : IDisposable
{
    /// <summary>A good size for writes.</summary>
    public const int BufferBytes = 256 << 10;

    public void Write(ReadOnlySpan<byte> bytes, long offset) => OpenedFile.Write(file, bytes, offset);

    public void SetSize(long sizeBytes) => OpenedFile.SetSize(file, sizeBytes);

    /// <summary>After the last write, which would change it.</summary>
    public void SetModified(long modifiedAtNs) => OpenedFile.SetModified(file, modifiedAtNs);

    public void Dispose() => file.Dispose();
}
