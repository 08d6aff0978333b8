// Starts the reference.
(async () => {
  const place = document.getElementById('reference');
  const here = new URL('.', location.href).href.replace(/\/$/, '');
  const everywhere = place.dataset.publicUrl;

  const servers = [{ url: here, description: 'This server' }];
  if (everywhere && everywhere !== here) {
    servers.push({ url: everywhere, description: 'Where clients reach it' });
  }
  servers.push({
    url: '{base}',
    description: 'Another base URL of this host; the browser stops calls to other hosts.',
    variables: { base: { default: here, description: 'Base URL' } },
  });

  const address = new URL('openapi.json', location.href).href;
  let content;
  try {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(`${answer.status} ${answer.statusText}`);
    content = await answer.json();
  } catch (error) {
    place.textContent = `${address} cannot be had: ${error.message}`;
    return;
  }
  content.info.description += `\n\n[The document itself](${address})`;

  // The console would send whatever has an example, also versions and keys nobody has. What need not be sent is off
  // there until somebody wants it.
  const operations = Object.values(content.paths).flatMap(Object.values);
  for (const parameter of operations.flatMap((operation) => operation.parameters ?? [])) {
    if (!parameter.required) {
      const value = parameter.example ?? parameter.schema?.examples?.[0] ?? '';
      delete parameter.example;
      parameter.examples = { default: { value, 'x-disabled': true } };
    }
  }

  Scalar.createApiReference(place, {
    content,
    servers,
    // Links name operations as the document does, so they outlive a change of paths or words.
    generateOperationSlug: ({ operationId }) => operationId,
    // Every operation brings its samples, which are tested.
    hiddenClients: true,
    // Nothing is loaded from elsewhere, told to others, or sent through them.
    withDefaultFonts: false,
    telemetry: false,
    agent: { disabled: true },
    mcp: { disabled: true },
    showDeveloperTools: 'never',
    hideClientButton: true,
    // Credentials are gone with the page.
    persistAuth: false,
    documentDownloadType: 'none',
    metaData: { title: document.title },
  });
})();
