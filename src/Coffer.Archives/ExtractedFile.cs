using Microsoft.Win32.SafeHandles;

namespace Coffer.Archives;

/// <summary>A new file that is being written.</summary>
/// <param name="missing">Bits of its mode that the process's mask kept from it.</param>
internal sealed class ExtractedFile(SafeFileHandle file, UnixFileMode mode, UnixFileMode missing, int? owner) : IDisposable
{
    /// <summary>A good size for writes.</summary>
    public const int BufferBytes = 256 << 10;

    public void Write(ReadOnlySpan<byte> bytes, long offset) => OpenedFile.Write(file, bytes, offset);

    public void SetSize(long sizeBytes) => OpenedFile.SetSize(file, sizeBytes);

    /// <summary>Gives it owner, mode and time; after the last write, which would change them.</summary>
    public void Finish(long? modifiedAtNs)
    {
        if (owner is { } id) OpenedFile.SetOwner(file, id);
        if (missing != UnixFileMode.None) OpenedFile.SetMode(file, mode);
        if (modifiedAtNs is { } time) OpenedFile.SetModified(file, time);
    }

    public void Dispose() => file.Dispose();
}
