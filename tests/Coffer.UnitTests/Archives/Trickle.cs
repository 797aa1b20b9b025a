namespace Coffer.UnitTests.Archives;

/// <summary>Hands out bytes in portions of uneven sizes, as networks do.</summary>
internal sealed class Trickle(byte[] bytes) : MemoryStream(bytes, writable: false)
{
    private int _turn;

    /// <remarks>The other overloads come here.</remarks>
    public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, 1 + (_turn++ * 37 % 1000)));
}
