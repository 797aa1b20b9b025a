using Microsoft.Win32.SafeHandles;

namespace Coffer.Archives.Index;

/// <summary>The bytes of an index, on disk or in memory.</summary>
internal sealed class IndexFile : IDisposable
{
    private readonly SafeFileHandle? _file;
    private readonly ReadOnlyMemory<byte> _memory;

    public IndexFile(SafeFileHandle file) => (_file, Length) = (file, RandomAccess.GetLength(file));

    public IndexFile(ReadOnlyMemory<byte> memory) => (_memory, Length) = (memory, memory.Length);

    public long Length { get; }

    /// <exception cref="InvalidDataException">The file does not reach that far.</exception>
    public void Read(Span<byte> destination, long offset)
    {
        if (offset < 0 || destination.Length > Length - offset) throw new InvalidDataException("the index is too short");
        if (_file is null)
        {
            _memory.Span.Slice((int)offset, destination.Length).CopyTo(destination);
            return;
        }

        for (int done = 0; done < destination.Length;)
        {
            int read = RandomAccess.Read(_file, destination[done..], offset + done);
            if (read == 0) throw new InvalidDataException("the index is cut off");
            done += read;
        }
    }

    public void Dispose() => _file?.Dispose();
}
