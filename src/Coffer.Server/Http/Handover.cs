using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace Coffer.Server.Http;

/// <summary>
/// Brings connections that turned out to speak HTTP/2 from a cleartext endpoint to an HTTP/2 endpoint inside this process.
/// </summary>
/// <remarks>Kestrel decides the protocol of a cleartext endpoint before the first byte, so one port takes two endpoints.</remarks>
internal sealed class Handover : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    private readonly Channel<HandedOverConnection> _waiting = Channel.CreateUnbounded<HandedOverConnection>();

    /// <summary>The endpoint inside: nothing outside this process can reach it.</summary>
    public static EndPoint EndPoint { get; } = new InnerEndPoint();

    public bool CanBind(EndPoint endpoint) => endpoint is InnerEndPoint;

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult<IConnectionListener>(new Listener(_waiting));

    /// <summary>Passes the connection to the HTTP/2 endpoint; returns when that is done with it, or has refused it.</summary>
    public async Task ServeAsync(ConnectionContext connection)
    {
        var handedOver = new HandedOverConnection(connection);
        if (_waiting.Writer.TryWrite(handedOver))
        {
            await handedOver.Ended;
        }
    }

    private sealed class Listener(Channel<HandedOverConnection> waiting) : IConnectionListener
    {
        public EndPoint EndPoint => Handover.EndPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) =>
            await waiting.Reader.WaitToReadAsync(cancellationToken) && waiting.Reader.TryRead(out var connection)
                ? connection
                : null;

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            // From here on ServeAsync refuses, and the accept loop ends once it has taken what came in before.
            waiting.Writer.TryComplete();
            return ValueTask.CompletedTask;
        }

        public async ValueTask DisposeAsync()
        {
            waiting.Writer.TryComplete();
            while (waiting.Reader.TryRead(out var refused))
            {
                await refused.DisposeAsync();
            }
        }
    }

    private sealed class InnerEndPoint : EndPoint
    {
        public override string ToString() => "http2-on-the-cleartext-ports";
    }

    /// <summary>The outer connection with features of its own, so that the two Kestrel endpoints do not mix theirs.</summary>
    private sealed class HandedOverConnection(ConnectionContext outer) : ConnectionContext
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private IDictionary<object, object?>? _items;

        public Task Ended => _ended.Task;

        public override string ConnectionId { get; set; } = outer.ConnectionId;

        public override IFeatureCollection Features { get; } = new FeatureCollection(outer.Features);

        [AllowNull]
        public override IDictionary<object, object?> Items
        {
            get => _items ??= new Dictionary<object, object?>();
            set => _items = value;
        }

        public override IDuplexPipe Transport { get; set; } = outer.Transport;

        public override EndPoint? LocalEndPoint { get; set; } = outer.LocalEndPoint;

        public override EndPoint? RemoteEndPoint { get; set; } = outer.RemoteEndPoint;

        public override CancellationToken ConnectionClosed { get; set; } = outer.ConnectionClosed;

        public override void Abort(ConnectionAbortedException abortReason) => outer.Abort(abortReason);

        public override ValueTask DisposeAsync()
        {
            _ended.TrySetResult();
            return base.DisposeAsync();
        }
    }
}
