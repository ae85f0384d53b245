/** The page: Swagger UI with the document beside it. It asks no other host for anything. */
export const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>API</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="swagger-ui.css">
  </head>
  <body>
    <div id="api"></div>
    <script src="swagger-ui-bundle.js"></script>
    <script>
      SwaggerUIBundle({ url: "swagger.json", dom_id: "#api", deepLinking: true, validatorUrl: null });
    </script>
  </body>
</html>
`;
