using System.Buffers;
using System.Text;

namespace Coffer.Http;

/// <summary>Percent-encoding in paths (RFC 3986 §2.1).</summary>
public static class PercentEncoding
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Decodes once: <c>%252F</c> becomes <c>%2F</c>, and a plus stays a plus.</summary>
    /// <returns>Null for what is not well-formed: a percent sign without two digits, bytes that are not UTF-8.</returns>
    public static string? Decode(ReadOnlySpan<char> text)
    {
        if (!text.Contains('%') && Ascii.IsValid(text))
        {
            return text.ToString();
        }

        byte[] bytes = ArrayPool<byte>.Shared.Rent(text.Length);
        try
        {
            int length = 0;
            for (int i = 0; i < text.Length; i++, length++)
            {
                if (text[i] != '%')
                {
                    if (!char.IsAscii(text[i]))
                    {
                        return null;
                    }

                    bytes[length] = (byte)text[i];
                    continue;
                }

                if (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2]))
                {
                    return null;
                }

                bytes[length] = (byte)((Digit(text[i + 1]) << 4) | Digit(text[i + 2]));
                i += 2;
            }

            return Strict.GetString(bytes, 0, length);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private static int Digit(char hex) => char.IsAsciiDigit(hex) ? hex - '0' : (hex | 0x20) - 'a' + 10;
}
