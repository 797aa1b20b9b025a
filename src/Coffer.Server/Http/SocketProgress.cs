using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace Coffer.Server.Http;

/// <summary>Since when a connection's peer has acknowledged nothing, as the Linux kernel counts it.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct SocketProgress
{
    // struct tcp_info of linux/tcp.h; tcpi_bytes_acked is there since Linux 4.1.
    private const int TcpInfo = 11;
    private const int BytesAckedOffset = 120;

    private ulong _acknowledged;
    private long _movedAt;

    /// <summary>When bytes were last seen to move, by the clock of <paramref name="now"/>; 0 where that cannot be told.</summary>
    public long LastMovement(HttpContext http, long now)
    {
        if (AcknowledgedBytes(http) is { } acknowledged && acknowledged != _acknowledged)
        {
            _acknowledged = acknowledged;
            _movedAt = now;
        }

        return _movedAt;
    }

    private static ulong? AcknowledgedBytes(HttpContext http)
    {
        if (!OperatingSystem.IsLinux() || http.Features.Get<IConnectionSocketFeature>()?.Socket is not { } socket)
        {
            return null;
        }

        try
        {
            Span<byte> info = stackalloc byte[BytesAckedOffset + sizeof(ulong)];
            int length = socket.GetRawSocketOption((int)SocketOptionLevel.Tcp, TcpInfo, info);
            return length == info.Length ? BinaryPrimitives.ReadUInt64LittleEndian(info[BytesAckedOffset..]) : null;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return null; // A Unix socket has no such counter, and a connection may just have ended.
        }
    }
}
