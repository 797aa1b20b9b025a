using System.Buffers;
using System.Text;

namespace Coffer.Catalog.Sqlite.Binding;

/// <summary>A prepared statement. Its connection keeps it; disposing it resets it, so that it holds no snapshot.</summary>
/// <remarks>Parameters count from 1, columns from 0. Every use binds every parameter.</remarks>
internal sealed unsafe class Statement : IDisposable
{
    private const int StackBytes = 1024;
    private static readonly byte[] Nothing = [0]; // an empty array has no address, which would mean NULL
    private readonly Connection _connection;
    private readonly nint _handle;

    private Statement(Connection connection, nint handle)
    {
        _connection = connection;
        _handle = handle;
    }

    public static Statement Prepare(Connection connection, nint db, string sql)
    {
        byte[] text = Encoding.UTF8.GetBytes(sql);
        fixed (byte* start = text)
        {
            int code = NativeSqlite.Prepare(db, start, text.Length, NativeSqlite.PreparePersistent, out nint handle, null);
            return code == NativeSqlite.Ok ? new Statement(connection, handle) : throw connection.Failure();
        }
    }

    public Statement Bind(int index, long value)
    {
        Check(NativeSqlite.BindInteger(_handle, index, value));
        return this;
    }

    public Statement Bind(int index, long? value)
    {
        Check(value is { } number ? NativeSqlite.BindInteger(_handle, index, number) : NativeSqlite.BindNull(_handle, index));
        return this;
    }

    public Statement Bind(int index, bool value) => Bind(index, value ? 1L : 0L);

    /// <summary>Sixteen bytes, most significant first, so that they sort as the number does.</summary>
    public Statement Bind(int index, UInt128 value)
    {
        Span<byte> bytes = stackalloc byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(bytes, value);
        return Bind(index, bytes);
    }

    public Statement Bind(int index, Guid value)
    {
        Span<byte> bytes = stackalloc byte[16];
        value.TryWriteBytes(bytes, bigEndian: true, out _);
        return Bind(index, bytes);
    }

    public Statement Bind(int index, string? value)
    {
        if (value is null)
        {
            Check(NativeSqlite.BindNull(_handle, index));
            return this;
        }

        byte[]? rented = null;
        int most = Encoding.UTF8.GetMaxByteCount(value.Length);
        Span<byte> bytes = most <= StackBytes ? stackalloc byte[StackBytes] : rented = ArrayPool<byte>.Shared.Rent(most);
        int length = Encoding.UTF8.GetBytes(value, bytes);
        fixed (byte* start = bytes)
        {
            Check(NativeSqlite.BindText(_handle, index, start, length, NativeSqlite.Transient));
        }

        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        return this;
    }

    /// <summary>Text, or bytes that text is compared with.</summary>
    /// <param name="utf8">Null for what is above every text.</param>
    public Statement BindText(int index, byte[]? utf8)
    {
        if (utf8 is null)
        {
            return Bind(index, []); // a blob
        }

        fixed (byte* start = utf8.Length == 0 ? Nothing : utf8)
        {
            Check(NativeSqlite.BindText(_handle, index, start, utf8.Length, NativeSqlite.Transient));
        }

        return this;
    }

    /// <summary>Bytes, which SQLite copies.</summary>
    public Statement Bind(int index, ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
        {
            Check(NativeSqlite.BindEmptyBlob(_handle, index, 0)); // an empty span may have no address, which would mean NULL
            return this;
        }

        fixed (byte* start = value)
        {
            Check(NativeSqlite.BindBlob(_handle, index, start, value.Length, NativeSqlite.Transient));
        }

        return this;
    }

    public Statement BindNull(int index)
    {
        Check(NativeSqlite.BindNull(_handle, index));
        return this;
    }

    /// <summary>Moves to the next row.</summary>
    /// <returns>False at the end.</returns>
    public bool Step()
    {
        int code = NativeSqlite.Step(_handle);
        return code == NativeSqlite.Row || (code == NativeSqlite.Done ? false : throw _connection.Failure());
    }

    /// <summary>Runs a statement to its end.</summary>
    /// <returns>How many rows it changed.</returns>
    public int Run()
    {
        while (Step())
        {
        }

        return _connection.Changes;
    }

    /// <summary>Runs a statement with one large parameter, which is not copied.</summary>
    public int Run(int index, ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
        {
            return Bind(index, value).Run();
        }

        fixed (byte* start = value)
        {
            Check(NativeSqlite.BindBlob(_handle, index, start, value.Length, NativeSqlite.Static));
            try
            {
                return Run();
            }
            finally
            {
                _ = NativeSqlite.Reset(_handle);
                _ = NativeSqlite.BindNull(_handle, index);
            }
        }
    }

    public bool IsNull(int column) => NativeSqlite.ColumnType(_handle, column) == NativeSqlite.NullType;

    public long Integer(int column) => NativeSqlite.ColumnInteger(_handle, column);

    public long? IntegerOrNull(int column) => IsNull(column) ? null : Integer(column);

    public bool Flag(int column) => Integer(column) != 0;

    public string Text(int column) => Encoding.UTF8.GetString(Utf8(column));

    public string? TextOrNull(int column)
    {
        ReadOnlySpan<byte> text = Utf8(column);
        return !text.IsEmpty ? Encoding.UTF8.GetString(text) : IsNull(column) ? null : "";
    }

    /// <summary>As <see cref="TextOrNull"/>, for texts that many rows share: they share the string too.</summary>
    public string? SharedTextOrNull(int column)
    {
        ReadOnlySpan<byte> text = Utf8(column);
        return !text.IsEmpty ? _connection.Texts.StringOf(text) : IsNull(column) ? null : "";
    }

    /// <summary>Text as it is stored, valid until the next step; empty for NULL.</summary>
    public ReadOnlySpan<byte> Utf8(int column) => Blob(column);

    /// <summary>Bytes as they are stored, valid until the next step.</summary>
    public ReadOnlySpan<byte> Blob(int column)
    {
        byte* bytes = NativeSqlite.ColumnBlob(_handle, column);
        return new ReadOnlySpan<byte>(bytes, NativeSqlite.ColumnLength(_handle, column));
    }

    public byte[] Bytes(int column) => Blob(column).ToArray();

    /// <exception cref="SqliteFailure">The stored value has another length: the page is damaged.</exception>
    public UInt128 Number128(int column) => System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(Sixteen(column));

    public Guid Guid(int column) => new(Sixteen(column), bigEndian: true);

    /// <summary>Instructions it has run so far.</summary>
    public int Instructions => NativeSqlite.StatementStatus(_handle, NativeSqlite.StatusVmStep, reset: 0);

    public void Reset() => _ = NativeSqlite.Reset(_handle); // repeats the error of the last step, which was thrown then

    /// <summary>Resets the statement. The connection keeps it for the next use.</summary>
    public void Dispose() => Reset();

    internal void Finish() => _ = NativeSqlite.Finish(_handle);

    private ReadOnlySpan<byte> Sixteen(int column)
    {
        ReadOnlySpan<byte> bytes = Blob(column);
        return bytes.Length == 16 ? bytes : throw new SqliteFailure(NativeSqlite.Corrupt, "an id of another length");
    }

    private void Check(int code)
    {
        if (code != NativeSqlite.Ok)
        {
            throw _connection.Failure();
        }
    }
}
