using System.Globalization;
using System.Text;

namespace Coffer.UnitTests.Archives;

/// <summary>Writes tar archives block by block, also such as no program would.</summary>
internal sealed class TarBuilder
{
    private readonly MemoryStream _archive = new();

    public TarBuilder File(string name, string content, int mode = 0b110_100_100) => Entry('0', name, Encoding.UTF8.GetBytes(content), mode: mode);

    public TarBuilder Directory(string name, int mode = 0b111_101_101) => Entry('5', name, [], mode: mode);

    public TarBuilder SymbolicLink(string name, string target) => Entry('2', name, [], target, mode: 0b111_111_111);

    public TarBuilder HardLink(string name, string target) => Entry('1', name, [], target);

    /// <param name="size">What the header says; by default the content's.</param>
    /// <param name="change">Changes the header before its checksum is counted.</param>
    public TarBuilder Entry(
        char type, string name, byte[] content, string target = "", string? size = null, int mode = 0b110_100_100, Action<byte[]>? change = null)
    {
        byte[] header = new byte[512];
        Put(header, 0, 100, Encoding.UTF8.GetBytes(name));
        Octal(header, 100, 8, mode);
        Octal(header, 108, 8, 0);
        Octal(header, 116, 8, 0);
        Put(header, 124, 12, Encoding.ASCII.GetBytes(size ?? Convert.ToString(content.Length, 8).PadLeft(11, '0')));
        Octal(header, 136, 12, 1_700_000_000);
        header[156] = (byte)type;
        Put(header, 157, 100, Encoding.UTF8.GetBytes(target));
        "ustar\000"u8.CopyTo(header.AsSpan(257));
        change?.Invoke(header);
        Sum(header);
        _archive.Write(header);
        return Raw(content);
    }

    /// <summary>An extended header, for the next entry or with type g for all that follow.</summary>
    public TarBuilder Pax(char type, params ReadOnlySpan<(string Key, string Value)> records)
    {
        var data = new MemoryStream();
        foreach ((string key, string value) in records)
        {
            byte[] body = Encoding.UTF8.GetBytes($" {key}={value}\n");
            int length = body.Length + 1;
            while (length != body.Length + length.ToString(CultureInfo.InvariantCulture).Length) length++;
            data.Write(Encoding.ASCII.GetBytes(length.ToString(CultureInfo.InvariantCulture)));
            data.Write(body);
        }

        return Entry(type, "PaxHeaders/x", data.ToArray());
    }

    /// <summary>Bytes, filled up to a whole block.</summary>
    public TarBuilder Raw(byte[] bytes)
    {
        _archive.Write(bytes);
        _archive.Write(new byte[-bytes.Length & 511]);
        return this;
    }

    public byte[] End()
    {
        _archive.Write(new byte[1024]);
        return _archive.ToArray();
    }

    /// <summary>What was written so far, without an end mark.</summary>
    public byte[] Cut() => _archive.ToArray();

    public static void Octal(byte[] header, int at, int length, long value) =>
        Put(header, at, length, Encoding.ASCII.GetBytes(Convert.ToString(value, 8).PadLeft(length - 1, '0')));

    private static void Put(byte[] header, int at, int length, ReadOnlySpan<byte> value)
    {
        header.AsSpan(at, length).Clear();
        value[..Math.Min(value.Length, length)].CopyTo(header.AsSpan(at));
    }

    public static void Sum(byte[] header)
    {
        header.AsSpan(148, 8).Fill((byte)' ');
        Octal(header, 148, 7, header.Sum(value => value));
    }
}
