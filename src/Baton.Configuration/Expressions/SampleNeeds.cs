// The layers of which a sample fetch needs one to be there: connection, content, request, response.
using System;

namespace Baton.Configuration.Expressions;

/// <summary>What a fetch needs to exist (manual section 7.3: layers), any one of several; decides in which rule sets and formats it may
/// stand.</summary>
[Flags]
public enum SampleNeeds : ushort
{
    None = 0,
    Client = 1,
    Session = 2,
    RequestPayload = 4,
    RequestHead = 8,
    RequestBody = 16,
    Backend = 32,
    Server = 64,
    ResponsePayload = 128,
    ResponseHead = 256,
    ResponseBody = 512,
    Transaction = 1024,
    LogTime = 2048,

    /// <summary>What outlives the heads: method and the like, the status.</summary>
    RequestLine = 4096,
    ResponseLine = 8192,
    Frontend = 16384,
}
