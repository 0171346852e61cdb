// The fields of a service's answer, as far as it has a say in them.
using System.Collections.Generic;

namespace Baton.Engine.Services;

public sealed class ServiceFields
{
    internal List<(byte[] Name, string Value)> All { get; } = [];

    /// <summary>The fields are the whole answer: it has no body.</summary>
    public bool IsWhole { get; set; }

    /// <summary>Adds a field; the name in lower case.</summary>
    public void Add(string name, string value) => All.Add((System.Text.Encoding.ASCII.GetBytes(name), value));
}
