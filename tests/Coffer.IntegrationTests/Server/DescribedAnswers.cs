namespace Coffer.IntegrationTests.Server;

/// <summary>
/// Holds every answer against the OpenAPI document, for calls that <see cref="Api"/> does not make: those of the SDK, and of
/// clients of a test's own.
/// </summary>
internal sealed class DescribedAnswers(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage response = await base.SendAsync(request, cancellationToken);
        byte[] body = [];
        if (!CarriesBytes(request, response))
        {
            await response.Content.LoadIntoBufferAsync(cancellationToken);
            body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        }

        Validate(request, response, body);
        return response;
    }

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage response = base.Send(request, cancellationToken);
        using var body = new MemoryStream();
        if (!CarriesBytes(request, response))
        {
            using (HttpContent came = response.Content)
            {
                using Stream stream = came.ReadAsStream(cancellationToken);
                stream.CopyTo(body);
                response.Content = new ByteArrayContent(body.ToArray());
                foreach ((string name, IEnumerable<string> values) in came.Headers.NonValidated.Select(header => (header.Key, (IEnumerable<string>)header.Value)))
                {
                    response.Content.Headers.TryAddWithoutValidation(name, values);
                }
            }
        }

        Validate(request, response, body.ToArray());
        return response;
    }

    /// <summary>Bytes and streams may be many or slow, and the document says nothing of them; everything else is read here to its end.</summary>
    private static bool CarriesBytes(HttpRequestMessage request, HttpResponseMessage response) =>
        OpenApi.Document.CarriesBytes(request.Method.Method, request.RequestUri!.AbsolutePath, response.StatusCode);

    private static void Validate(HttpRequestMessage request, HttpResponseMessage response, byte[] body) => OpenApi.Document.Validate(
        request.Method.Method,
        request.RequestUri!.AbsolutePath,
        new Answer(response.StatusCode, response.Version, response.Headers, response.Content.Headers, body));
}
