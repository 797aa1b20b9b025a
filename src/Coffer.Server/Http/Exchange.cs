using System.Buffers;
using System.Diagnostics;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Coffer.Http;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Coffer.Server.Http;

/// <summary>
/// One request while it runs: its facts, its start, and its body pipes, which count bytes and know since when they wait.
/// Instances are pooled.
/// </summary>
internal sealed class Exchange : IRequestBodyPipeFeature, IHttpResponseBodyFeature
{
    private readonly IdleWatch _watch;
    private readonly CountingReader _reader;
    private readonly CountingWriter _writer;
    private readonly Stream _requestStream;
    private readonly Stream _responseStream;
    private readonly Lock _gate = new();
    private HttpContext? _http;
    private IHttpResponseBodyFeature? _response;
    private SocketProgress _socket;
    private bool _watched;

    public Exchange(IdleWatch watch)
    {
        _watch = watch;
        _reader = new CountingReader(this);
        _writer = new CountingWriter(this);
        _requestStream = _reader.AsStream(leaveOpen: true);
        _responseStream = _writer.AsStream(leaveOpen: true);
    }

    public RequestFacts Facts { get; } = new();

    public long Started { get; private set; }

    public long BytesIn => _reader.Bytes;

    public long BytesOut => _writer.Bytes;

    /// <summary>True once the request was ended because no byte moved.</summary>
    public bool CutForSilence { get; private set; }

    /// <summary>
    /// True once a read found the connection broken, or a flush found nobody at its other end, which is a moment before
    /// RequestAborted is cancelled.
    /// </summary>
    public bool LostClient { get; private set; }

    PipeReader IRequestBodyPipeFeature.Reader => _reader;

    PipeWriter IHttpResponseBodyFeature.Writer => _writer;

    Stream IHttpResponseBodyFeature.Stream => _responseStream;

    /// <summary>Puts this exchange between the application and the server's own pipes.</summary>
    public void Begin(HttpContext http)
    {
        Started = Stopwatch.GetTimestamp();
        _http = http;
        IFeatureCollection features = http.Features;
        features.Set(Facts);

        _response = features.GetRequiredFeature<IHttpResponseBodyFeature>();
        _writer.Begin(_response.Writer);
        features.Set<IHttpResponseBodyFeature>(this);

        if (features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: false })
        {
            _reader.Begin(features.GetRequiredFeature<IRequestBodyPipeFeature>().Reader);
            features.Set<IRequestBodyPipeFeature>(this);
            http.Request.Body = _requestStream;
            if (HttpProtocol.IsHttp2(http.Request.Protocol))
            {
                http.Response.OnStarting(() => DiscardBodyAsync(http));
            }
        }
    }

    /// <summary>Over HTTP/2, reads what the client still sends of a body that nobody read to its end; comes before the answer.</summary>
    /// <remarks>
    /// Kestrel resets a stream that is answered while its body still comes (RFC 9113 §8.1). Clients that are busy sending lose the
    /// answer with it, and the published npm client all other calls on the connection.
    /// </remarks>
    public Task DiscardBodyAsync(HttpContext http) =>
        _http == http && HttpProtocol.IsHttp2(http.Request.Protocol) ? _reader.DiscardAsync() : Task.CompletedTask;

    /// <summary>Forgets the request. False when its handler left a read or flush behind: such an instance serves no other.</summary>
    public bool End()
    {
        bool isQuiet = _reader.WaitingSince == 0 && _writer.WaitingSince == 0;
        if (_watched)
        {
            _watch.Remove(this);
        }

        lock (_gate)
        {
            _http = null;
        }

        _watched = false;
        CutForSilence = false;
        LostClient = false;
        _response = null;
        _socket = default;
        _reader.End();
        _writer.End();
        Facts.Reset();
        return isQuiet;
    }

    /// <summary>Called by the watch from time to time; ends the request when it has waited for a byte for too long.</summary>
    public void CutIfSilent(long now, long limitMilliseconds)
    {
        lock (_gate)
        {
            if (_http is null || CutForSilence)
            {
                return;
            }

            long waitingToRead = _reader.WaitingSince;
            long waitingToWrite = _writer.WaitingSince;
            bool silent = waitingToRead != 0 && now - waitingToRead >= limitMilliseconds;
            if (!silent && waitingToWrite != 0)
            {
                // A flush that waits does not mean that nothing moves: a slow reader takes minutes for what the kernel buffers.
                long moved = _socket.LastMovement(_http, now);
                silent = now - Math.Max(waitingToWrite, moved) >= limitMilliseconds
                    || (_http.Request.Protocol == HttpProtocol.Http2 && now - waitingToWrite >= 10 * limitMilliseconds);
            }

            if (silent)
            {
                CutForSilence = true;
                Facts.ErrorCode = "idle_timeout";
                _http.Abort();
            }
        }
    }

    void IHttpResponseBodyFeature.DisableBuffering() => _response!.DisableBuffering();

    Task IHttpResponseBodyFeature.StartAsync(CancellationToken cancellationToken) => _response!.StartAsync(cancellationToken);

    Task IHttpResponseBodyFeature.CompleteAsync() => _response!.CompleteAsync();

    Task IHttpResponseBodyFeature.SendFileAsync(
        string path, long offset, long? count, CancellationToken cancellationToken) =>
        SendFileFallback.SendFileAsync(_responseStream, path, offset, count, cancellationToken);

    private void Watch()
    {
        if (!_watched)
        {
            _watched = true;
            _watch.Add(this);
        }
    }

    private sealed class CountingReader(Exchange exchange) : PipeReader
    {
        private const long MostDiscarded = 64 << 20;
        private static readonly TimeSpan DiscardTime = TimeSpan.FromSeconds(5);

        private PipeReader? _inner;
        private ReadOnlySequence<byte> _offered;
        private bool _isOffered;
        private bool _hasBegun;
        private bool _hasEnded;
        private long _waitingSince;

        public long Bytes { get; private set; }

        public long WaitingSince => Volatile.Read(ref _waitingSince);

        public void Begin(PipeReader inner) => _inner = inner;

        public void End()
        {
            (_inner, _offered, _waitingSince, Bytes) = (null, default, 0, 0);
            (_isOffered, _hasBegun, _hasEnded) = (false, false, false);
        }

        /// <summary>Reads on and throws away, up to a limit of bytes and time: past it the sender is not worth the wait.</summary>
        public async Task DiscardAsync()
        {
            bool isAsking = !_hasBegun && exchange._http!.Request.Headers.Expect.Count > 0; // it sends when it is told to go on
            if (_inner is null || _hasEnded || isAsking || WaitingSince != 0)
            {
                return;
            }

            using var patience = new CancellationTokenSource(DiscardTime);
            long limit = Bytes + MostDiscarded;
            try
            {
                while (!_hasEnded && Bytes < limit)
                {
                    if (_isOffered)
                    {
                        AdvanceTo(_offered.End);
                    }

                    ReadResult result = await _inner.ReadAsync(patience.Token);
                    (_offered, _isOffered, _hasEnded) = (result.Buffer, true, result.IsCompleted);
                }

                AdvanceTo(_offered.End);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or InvalidOperationException)
            {
                // Too slow, gone, or no longer readable: the answer goes out as it is.
            }
        }

        public override bool TryRead(out ReadResult result)
        {
            _hasBegun = true;
            return _inner!.TryRead(out result) && Offer(result);
        }

        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        {
            _hasBegun = true;
            ValueTask<ReadResult> read = _inner!.ReadAsync(cancellationToken);
            if (!read.IsCompletedSuccessfully)
            {
                return WaitAsync(read);
            }

            ReadResult result = read.Result;
            Offer(result);
            return ValueTask.FromResult(result);
        }

        public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
        {
            Bytes += _offered.Slice(0, consumed).Length;
            (_offered, _isOffered) = (default, false);
            _inner!.AdvanceTo(consumed, examined);
        }

        public override void CancelPendingRead() => _inner!.CancelPendingRead();

        public override void Complete(Exception? exception = null) => _inner!.Complete(exception);

        private bool Offer(in ReadResult result)
        {
            (_offered, _isOffered, _hasEnded) = (result.Buffer, true, result.IsCompleted);
            if (Bytes + _offered.Length > JsonBody.MaxBytes && !Dispatch.CarriesData(exchange._http!))
            {
                AdvanceTo(_offered.End); // or the server could not read on and throw away the rest
                throw JsonBody.TooLarge();
            }

            return true;
        }

        [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
        private async ValueTask<ReadResult> WaitAsync(ValueTask<ReadResult> read)
        {
            Volatile.Write(ref _waitingSince, Environment.TickCount64);
            exchange.Watch();
            try
            {
                ReadResult result = await read;
                Offer(result);
                return result;
            }
            catch (Exception e) when (e is ConnectionAbortedException or (IOException and not BadHttpRequestException))
            {
                exchange.LostClient = true;
                throw;
            }
            finally
            {
                Volatile.Write(ref _waitingSince, 0);
            }
        }
    }

    /// <remarks>
    /// What is written before the headers the server keeps apart, and then copies into blocks of 4 KiB. So large bytes wait in a
    /// buffer of our own, and go over in one piece once the response has started.
    /// </remarks>
    private sealed class CountingWriter(Exchange exchange) : PipeWriter
    {
        private const int LargeBytes = 8 * 1024;
        private PipeWriter? _inner;
        private byte[]? _early;
        private int _earlyBytes;
        private long _waitingSince;

        public long Bytes { get; private set; }

        public long WaitingSince => Volatile.Read(ref _waitingSince);

        public override bool CanGetUnflushedBytes => _inner!.CanGetUnflushedBytes;

        public override long UnflushedBytes => _inner!.UnflushedBytes;

        public void Begin(PipeWriter inner) => _inner = inner;

        public void End()
        {
            ReturnEarly();
            (_inner, _waitingSince, Bytes) = (null, 0, 0);
        }

        public override Memory<byte> GetMemory(int sizeHint = 0)
        {
            if (_early is null && (sizeHint < LargeBytes || exchange._http!.Response.HasStarted))
            {
                return _inner!.GetMemory(sizeHint);
            }

            if (_early is not null && sizeHint > _early.Length - _earlyBytes)
            {
                throw new InvalidOperationException("A second large piece was asked for before the first one was flushed.");
            }

            _early ??= ArrayPool<byte>.Shared.Rent(sizeHint);
            return _early.AsMemory(_earlyBytes);
        }

        public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

        public override void Advance(int bytes)
        {
            Bytes += bytes;
            if (_early is null)
            {
                _inner!.Advance(bytes);
            }
            else
            {
                _earlyBytes += bytes;
            }
        }

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
            WatchAsync(_early is null ? _inner!.FlushAsync(cancellationToken) : FlushEarlyAsync(cancellationToken));

        public override ValueTask<FlushResult> WriteAsync(
            ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
        {
            Bytes += source.Length;
            return WatchAsync(_inner!.WriteAsync(source, cancellationToken));
        }

        public override void CancelPendingFlush() => _inner!.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => _inner!.Complete(exception);

        private async ValueTask<FlushResult> FlushEarlyAsync(CancellationToken cancellationToken)
        {
            await exchange._http!.Response.StartAsync(cancellationToken);
            _early.AsSpan(0, _earlyBytes).CopyTo(_inner!.GetSpan(_earlyBytes));
            _inner.Advance(_earlyBytes);
            ReturnEarly();
            return await _inner.FlushAsync(cancellationToken);
        }

        private void ReturnEarly()
        {
            if (_early is not null)
            {
                ArrayPool<byte>.Shared.Return(_early);
                (_early, _earlyBytes) = (null, 0);
            }
        }

        private ValueTask<FlushResult> WatchAsync(ValueTask<FlushResult> flush) =>
            flush.IsCompletedSuccessfully ? ValueTask.FromResult(Noted(flush.Result)) : WaitAsync(flush);

        private FlushResult Noted(FlushResult flushed)
        {
            exchange.LostClient |= flushed.IsCompleted;
            return flushed;
        }

        [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
        private async ValueTask<FlushResult> WaitAsync(ValueTask<FlushResult> flush)
        {
            Volatile.Write(ref _waitingSince, Environment.TickCount64);
            exchange.Watch();
            try
            {
                return Noted(await flush);
            }
            finally
            {
                Volatile.Write(ref _waitingSince, 0);
            }
        }
    }
}
