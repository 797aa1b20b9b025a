using System.Text.Json;

namespace Coffer.Policies;

/// <summary>How much may still be written: an account may have hundreds of rules with thousands of texts.</summary>
internal sealed class Room(Utf8JsonWriter json, int bytes)
{
    private readonly long _end = json.BytesCommitted + json.BytesPending + bytes;

    public bool IsLeft => json.BytesCommitted + json.BytesPending < _end;
}
